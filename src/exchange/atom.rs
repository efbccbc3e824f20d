//! Notices as an Atom feed (RFC 4287) with GeoRSS-Simple, for feed readers and GIS programs.

use std::io;

use jiff::Timestamp;

use crate::exchange::markup::Markup;
use crate::exchange::notice::{Notice, NoticeKind, NoticePlace};

const ATOM: &str = "http://www.w3.org/2005/Atom";
const GEORSS: &str = "http://www.georss.org/georss";

/// What a feed says of itself.
#[derive(Debug, Clone)]
pub struct FeedAbout {
    /// Its title.
    pub title: String,
    /// Its own address.
    pub address: String,
    /// Where each notice's alert is; its id, `.cap.xml` and the question are put behind.
    pub alerts: String,
    /// Which notices were asked for: a query with its mark, or nothing.
    pub question: String,
    /// When its content last changed.
    pub updated: Timestamp,
}

/// The feed's bytes.
///
/// # Errors
/// Never, but for what the markup's library says of memory.
pub fn atom_feed(about: &FeedAbout, notices: &[Notice]) -> io::Result<Vec<u8>> {
    let mut xml = Markup::new()?;
    xml.open("feed", &[("xmlns", ATOM), ("xmlns:georss", GEORSS)])?;
    xml.element("title", &about.title)?;
    let own = format!("{}{}", about.address, about.question);
    xml.element("id", &own)?;
    xml.element("updated", &about.updated.to_string())?;
    xml.empty(
        "link",
        &[
            ("rel", "self"),
            ("type", "application/atom+xml"),
            ("href", &own),
        ],
    )?;
    xml.open("author", &[])?;
    xml.element("name", "Frontbeat")?;
    xml.close("author")?;
    for notice in notices {
        entry(&mut xml, about, notice)?;
    }
    xml.close("feed")?;
    Ok(xml.into_bytes())
}

fn entry(xml: &mut Markup, about: &FeedAbout, notice: &Notice) -> io::Result<()> {
    let made_up = match notice.synthetic {
        true => " · SYNTHETIC 模拟数据",
        false => "",
    };
    let (alerts, question) = (&about.alerts, &about.question);
    let alert = format!("{alerts}{}.cap.xml{question}", notice.id);
    xml.open("entry", &[])?;
    xml.element(
        "title",
        &format!("{} · {}{made_up}", notice.title_en, notice.title_zh),
    )?;
    let own = format!("{}{question}#{}", about.address, notice.id);
    xml.element("id", &own)?;
    xml.element("updated", &notice.at.to_string())?;
    let kind = match notice.kind {
        NoticeKind::HotSpot => "hot-spot",
        NoticeKind::UnusualNow => "unusual-now",
    };
    xml.empty("category", &[("term", kind)])?;
    xml.empty(
        "link",
        &[
            ("rel", "alternate"),
            ("type", "application/cap+xml"),
            ("href", &alert),
        ],
    )?;
    xml.element(
        "summary",
        &format!("{} {}", notice.about_en, notice.about_zh),
    )?;
    match &notice.place {
        NoticePlace::Ring(ring) => {
            let corners: Vec<String> = ring.0.iter().map(|c| format!("{} {}", c.y, c.x)).collect();
            xml.element("georss:polygon", &corners.join(" "))?;
        }
        NoticePlace::Circle(centre, radius) => {
            let circle = format!("{} {} {}", centre.lat(), centre.lon(), radius.0);
            xml.element("georss:circle", &circle)?;
        }
    }
    xml.close("entry")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::exchange::atom::{FeedAbout, atom_feed};
    use crate::exchange::notice::examples::{hot_spot, unusual};

    #[test]
    fn names_are_escaped_and_latitude_comes_first() {
        let about = FeedAbout {
            title: "大东区".to_owned(),
            address: "http://x/feeds/hotspots.atom".to_owned(),
            alerts: "http://x/feeds/hotspots/".to_owned(),
            question: "?category=a&hours=22-6".to_owned(),
            updated: Timestamp::UNIX_EPOCH,
        };
        let bytes = atom_feed(&about, &[hot_spot(), unusual()]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.contains("North &amp; South · 热点：北&lt;南 · SYNTHETIC"),
            "{text}"
        );
        assert!(text.contains("<georss:polygon>41.8"), "{text}");
        assert!(
            text.contains("<georss:circle>41.8 123.45 700</georss:circle>"),
            "{text}"
        );
        let id = hot_spot().id;
        let written = "?category=a&amp;hours=22-6";
        let alert = format!("href=\"http://x/feeds/hotspots/{id}.cap.xml{written}\"");
        assert!(text.contains(&alert), "{text}");
        let own = format!("<id>http://x/feeds/hotspots.atom{written}#{id}</id>");
        assert!(text.contains(&own), "{text}");
        let own = format!("href=\"http://x/feeds/hotspots.atom{written}\"");
        assert!(text.contains(&own), "{text}");
    }
}
