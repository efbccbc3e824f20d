"""Made-up incidents as CSV, in no order of time. Usage: made_up.py HOW_MANY YEARS"""

import random
import sys
from datetime import datetime, timedelta

many, years = (int(word) for word in sys.argv[1:])
chance = random.Random(1)
start = datetime.now() - timedelta(days=365 * years)
kinds = ["traffic", "dispute", "assistance", "public_order", "complaint"]
print("id,at,lon,lat,category,priority")
for number in range(many):
    at = start + timedelta(seconds=chance.randrange(365 * years * 86_400))
    lon, lat = 123.38 + chance.random() * 0.12, 41.75 + chance.random() * 0.09
    print(f"{number},{at:%Y-%m-%d %H:%M:%S},{lon:.6f},{lat:.6f},{chance.choice(kinds)},2")
