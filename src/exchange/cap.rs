//! A notice as an alert of the Common Alerting Protocol 1.2 (OASIS), in English and Chinese.
//!
//! Addressed to the police service and no public alert (scope Restricted); what is made up is
//! a Test. Elements stand in the order that the schema wants.

use std::io;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::exchange::markup::Markup;
use crate::exchange::notice::{Notice, NoticeKind, NoticePlace};

const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";

/// Who sends an alert.
#[derive(Debug, Clone)]
pub struct Sender {
    /// A name without blanks, unique for whoever sends.
    pub address: String,
    /// The district's name.
    pub district: String,
    /// The zone that times are told in.
    pub zone: TimeZone,
    /// Where more is to be read.
    pub web: String,
}

/// The alert's bytes.
///
/// # Errors
/// Never, but for what the markup's library says of memory.
pub fn cap_alert(sender: &Sender, notice: &Notice) -> io::Result<Vec<u8>> {
    let mut xml = Markup::new()?;
    xml.open("alert", &[("xmlns", NAMESPACE)])?;
    xml.element("identifier", &notice.id)?;
    xml.element("sender", &sender.address)?;
    xml.element("sent", &moment(notice.at, &sender.zone))?;
    xml.element("status", if notice.synthetic { "Test" } else { "Actual" })?;
    xml.element("msgType", "Alert")?;
    xml.element("source", "Frontbeat")?;
    xml.element("scope", "Restricted")?;
    xml.element(
        "restriction",
        "Police service of the district 仅限辖区公安机关",
    )?;
    if notice.synthetic {
        xml.element("note", "SYNTHETIC 模拟数据")?;
    }
    info(&mut xml, sender, notice, false)?;
    info(&mut xml, sender, notice, true)?;
    xml.close("alert")?;
    Ok(xml.into_bytes())
}

fn info(xml: &mut Markup, sender: &Sender, notice: &Notice, chinese: bool) -> io::Result<()> {
    let said = |en: &'static str, zh: &'static str| if chinese { zh } else { en };
    let (event, urgency, certainty) = match notice.kind {
        NoticeKind::HotSpot => (said("Hot spot", "热点"), "Unknown", "Observed"),
        NoticeKind::UnusualNow => (said("More than usual", "警情异常"), "Expected", "Likely"),
    };
    xml.open("info", &[])?;
    xml.element("language", said("en-GB", "zh-CN"))?;
    xml.element("category", "Security")?;
    xml.element("event", event)?;
    xml.element("responseType", "Assess")?;
    xml.element("urgency", urgency)?;
    xml.element("severity", "Unknown")?;
    xml.element("certainty", certainty)?;
    xml.element("effective", &moment(notice.at, &sender.zone))?;
    xml.element("onset", &moment(notice.since, &sender.zone))?;
    if let Some(expires) = notice.expires {
        xml.element("expires", &moment(expires, &sender.zone))?;
    }
    xml.element("senderName", &format!("Frontbeat · {}", sender.district))?;
    let (title, about) = match chinese {
        true => (&notice.title_zh, &notice.about_zh),
        false => (&notice.title_en, &notice.about_en),
    };
    xml.element("headline", title)?;
    xml.element("description", about)?;
    xml.element("web", &sender.web)?;
    xml.open("area", &[])?;
    xml.element("areaDesc", title)?;
    match &notice.place {
        NoticePlace::Ring(ring) => {
            let corners: Vec<String> = ring.0.iter().map(|c| format!("{},{}", c.y, c.x)).collect();
            xml.element("polygon", &corners.join(" "))?;
        }
        NoticePlace::Circle(centre, radius) => {
            let km = radius.0 / 1000.0;
            xml.element("circle", &format!("{},{} {km}", centre.lat(), centre.lon()))?;
        }
    }
    xml.close("area")?;
    xml.close("info")
}

/// The standard wants an offset in figures and no part of a second.
fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned_datetime(zone.clone());
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use crate::exchange::cap::{Sender, cap_alert};
    use crate::exchange::notice::examples::{hot_spot, unusual};

    #[test]
    fn what_is_made_up_is_a_test_and_times_have_offsets() {
        let sender = Sender {
            address: "frontbeat@x".to_owned(),
            district: "大东区".to_owned(),
            zone: TimeZone::get("Asia/Shanghai").unwrap(),
            web: "http://x/".to_owned(),
        };
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let spot = text(cap_alert(&sender, &hot_spot()).unwrap());
        assert!(spot.contains("<status>Test</status>"), "{spot}");
        assert!(
            spot.contains("<sent>2024-03-10T00:00:00+08:00</sent>"),
            "{spot}"
        );
        let now = text(cap_alert(&sender, &unusual()).unwrap());
        assert!(now.contains("<status>Actual</status>"), "{now}");
        assert!(now.contains("<circle>41.8,123.45 0.7</circle>"), "{now}");
    }
}
