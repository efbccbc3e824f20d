"""openpyxl reads the workbook; no cell is a formula; the last sheet says what columns are."""
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
assert book.sheetnames == ["incidents", "beats", "units", "about 说明"], book.sheetnames
sheet = book["incidents"]
header = [cell.value for cell in next(sheet.iter_rows(max_row=1))]
assert header[:3] == ["警情编号", "发生时间", "发生结束时间"], header
assert sheet.max_row == 33253, sheet.max_row
for name in book.sheetnames:
    for row in book[name].iter_rows():
        for cell in row:
            assert cell.data_type != "f", (name, cell.coordinate, cell.value)
labels = {(row[0].value, row[1].value): row[3].value for row in book["about 说明"].iter_rows(min_row=2)}
assert labels["units", "call_sign"] == "呼号", labels
print("accepted")
