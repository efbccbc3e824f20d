//! Places, never persons: columns that tell of people are found by header and by what
//! their values hold, named in the report and never read; what is kept of other columns
//! has such values blotted out.

use crate::exchange::import::columns::plain_name;
use crate::exchange::import::field::Layer;
use crate::exchange::import::person_scan::{Pattern, matches};
use crate::exchange::read::table::Table;

/// Values looked at in each column.
const SAMPLE: usize = 500;

/// A column that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Its place in the header, from 0.
    pub index: usize,
    /// Its name.
    pub column: String,
    /// What gave it away.
    pub why: String,
}

/// The columns of a table that tell of persons.
pub fn personal_columns(table: &Table, layer: Layer) -> Vec<Dropped> {
    let columns = table.columns().iter().enumerate();
    let found = columns.filter_map(|(index, column)| {
        let why = header_tells(&plain_name(column), layer).or_else(|| values_tell(table, index))?;
        Some(Dropped {
            index,
            column: scrub(column),
            why,
        })
    });
    found.collect()
}

/// The text with everything that matches a pattern blotted out.
pub fn scrub(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for (range, _) in matches(text) {
        clean.push_str(&text[from..range.start]);
        clean.push_str("***");
        from = range.end;
    }
    clean.push_str(&text[from..]);
    clean
}

/// What the text holds, if anything in it looks like a person's.
pub fn pattern_of(text: &str) -> Option<Pattern> {
    matches(text).first().map(|(_, pattern)| *pattern)
}

fn header_tells(plain: &str, layer: Layer) -> Option<String> {
    const ENGLISH: [&str; 26] = [
        "officer",
        "badge",
        "caller",
        "victim",
        "suspect",
        "offender",
        "witness",
        "complainant",
        "reportingparty",
        "policeman",
        "surname",
        "lastname",
        "firstname",
        "fullname",
        "personname",
        "phone",
        "mobile",
        "telephone",
        "email",
        "idcard",
        "idnumber",
        "passport",
        "ssn",
        "licenseplate",
        "plateno",
        "dateofbirth",
    ];
    const EXACT: [&str; 13] = [
        "tel",
        "cell",
        "plate",
        "plates",
        "dob",
        "sex",
        "gender",
        "race",
        "age",
        "imei",
        "homeaddress",
        "residence",
        "address",
    ];
    const CHINESE: [&str; 28] = [
        "警员",
        "辅警",
        "警察",
        "姓名",
        "报警人",
        "当事人",
        "嫌疑人",
        "受害人",
        "被害人",
        "联系人",
        "举报人",
        "证人",
        "民警",
        "联系电话",
        "报警电话",
        "电话号码",
        "手机",
        "身份证",
        "证件号",
        "护照",
        "车牌",
        "号牌",
        "出生日期",
        "性别",
        "年龄",
        "住址",
        "户籍",
        "邮箱",
    ];
    // 报警号 and its like number a call; 警号 alone numbers an officer.
    let of_officer = plain
        .match_indices("警号")
        .any(|(at, _)| !plain[..at].ends_with(['报', '接', '处', '出']));
    let told = of_officer
        || CHINESE.iter().any(|word| plain.contains(word))
        || ENGLISH.iter().any(|word| plain.contains(word))
        || (plain == "电话")
        || (EXACT.contains(&plain) && (layer == Layer::Incidents || plain != "address"))
        // Incidents and units have no name: a column called so names somebody.
        || (matches!(layer, Layer::Incidents | Layer::Units)
            && matches!(plain, "name" | "names" | "名字"));
    told.then(|| "by its header".to_owned())
}

/// A column is personal where a tenth of its values hold one pattern, anywhere in them.
fn values_tell(table: &Table, column: usize) -> Option<String> {
    let step = (table.len() / SAMPLE).max(1);
    let mut filled = 0usize;
    let mut matches: Vec<(Pattern, usize)> = Vec::new();
    for row in (0..table.len()).step_by(step) {
        let value = table.cell(row, column);
        if value.is_empty() {
            continue;
        }
        filled += 1;
        if let Some(pattern) = pattern_of(value) {
            match matches.iter_mut().find(|(other, _)| *other == pattern) {
                Some((_, count)) => *count += 1,
                None => matches.push((pattern, 1)),
            }
        }
    }
    let (pattern, _) = matches
        .into_iter()
        .find(|(_, count)| count * 10 >= filled)?;
    Some(format!("its values hold {}", pattern.words()))
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::field::Layer;
    use crate::exchange::import::person_scan::Pattern;
    use crate::exchange::import::personal::{pattern_of, personal_columns, scrub};
    use crate::exchange::read::csv_table::read_csv;

    fn dropped(text: &str, layer: Layer) -> Vec<String> {
        let table = read_csv(text.as_bytes()).unwrap();
        let found = personal_columns(&table, layer);
        found.into_iter().map(|d| d.column).collect()
    }

    #[test]
    fn by_header() {
        let header = "报警人,联系电话,经度,name,Caller Phone,车牌号,类别\n1,2,3,4,5,6,7\n";
        assert_eq!(
            dropped(header, Layer::Incidents),
            ["报警人", "联系电话", "name", "Caller Phone", "车牌号"]
        );
        assert!(dropped("name,lon,lat\na,1,2\n", Layer::Stations).is_empty());
        assert_eq!(
            dropped(
                "呼号,警号,民警,officer,badge_no,name,姓名,报警号\n1,2,3,4,5,6,7,8\n",
                Layer::Units
            ),
            ["警号", "民警", "officer", "badge_no", "name", "姓名"]
        );
        assert!(dropped("beat name,premise,beat\na,1,2\n", Layer::Incidents).is_empty());
    }

    #[test]
    fn by_pattern() {
        let text = "a,b,c,d,e\n11010519491231002X,13912345678,辽A·12345,a@b.cn,20240105000017\n";
        assert_eq!(dropped(text, Layer::Incidents), ["a", "b", "c", "d"]);
        // One digit off: no identity number.
        assert_eq!(pattern_of("110105194912310021"), None);
        assert_eq!(pattern_of("辽AD12345"), Some(Pattern::NumberPlate));
        let told = "地点,说明\n中街,报警人张三13912345678称被盗\n中街,某人139 1234 5678来电\n";
        assert_eq!(dropped(told, Layer::Incidents), ["说明"]);
    }

    #[test]
    fn scrubbing_blots_out_only_what_matches() {
        assert_eq!(scrub("theft, call 13912345678 now"), "theft, call *** now");
        assert_eq!(scrub("张三13912345678、辽A12345"), "张三***、***");
        assert_eq!(scrub("2024年1月5日"), "2024年1月5日");
        assert_eq!(scrub("-122.6139"), "-122.6139");
    }
}
