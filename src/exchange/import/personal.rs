//! Places, never persons: columns that tell of people are found by header and by the
//! pattern of their values, named in the report and never read.
//!
//! Patterns: the 18-digit resident identity number with a valid check digit (GB 11643),
//! Chinese mobile numbers, number plates, e-mail addresses.

use crate::exchange::import::columns::plain_name;
use crate::exchange::import::field::Layer;
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
            column: column.clone(),
            why,
        })
    });
    found.collect()
}

/// The text with everything that matches a pattern blotted out.
pub fn scrub(text: &str) -> String {
    if text.len() < 6 {
        return text.to_owned();
    }
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '·' | '-' | '_' | '+');
    let mut clean = String::with_capacity(text.len());
    let mut word = String::new();
    for letter in text.chars().chain(std::iter::once('\0')) {
        if is_word(letter) {
            word.push(letter);
            continue;
        }
        if pattern_of(&word).is_some() || pattern_of(word.trim_matches('.')).is_some() {
            clean.push_str("***");
        } else {
            clean.push_str(&word);
        }
        word.clear();
        if letter != '\0' {
            clean.push(letter);
        }
    }
    clean
}

/// What a whole value looks like, if it looks like a person's.
pub fn pattern_of(value: &str) -> Option<&'static str> {
    let value = value.trim();
    if value.len() < 6 || value.len() > 254 {
        return None;
    }
    if is_identity_number(value) {
        Some("identity numbers")
    } else if is_mobile(value) {
        Some("mobile phone numbers")
    } else if is_plate(value) {
        Some("number plates")
    } else if is_email(value) {
        Some("e-mail addresses")
    } else {
        None
    }
}

fn header_tells(plain: &str, layer: Layer) -> Option<String> {
    const ENGLISH: [&str; 24] = [
        "caller",
        "victim",
        "suspect",
        "offender",
        "witness",
        "complainant",
        "reportingparty",
        "officername",
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
    const CHINESE: [&str; 25] = [
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
    let told = CHINESE.iter().any(|word| plain.contains(word))
        || ENGLISH.iter().any(|word| plain.contains(word))
        || (plain == "电话")
        || (EXACT.contains(&plain) && (layer == Layer::Incidents || plain != "address"))
        // An incident has no name: a column called so names somebody.
        || (layer == Layer::Incidents && matches!(plain, "name" | "names" | "名字"));
    told.then(|| "by its header".to_owned())
}

/// A column is personal where a tenth of its values match one pattern.
fn values_tell(table: &Table, column: usize) -> Option<String> {
    let step = (table.len() / SAMPLE).max(1);
    let mut filled = 0usize;
    let mut matches: Vec<(&'static str, usize)> = Vec::new();
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
    Some(format!("its values look like {pattern}"))
}

fn is_identity_number(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let bytes = text.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let two = |at: usize| u32::from(bytes[at] - b'0') * 10 + u32::from(bytes[at + 1] - b'0');
    if !matches!(two(6), 18..=20) || !(1..=12).contains(&two(10)) || !(1..=31).contains(&two(12)) {
        return false;
    }
    let digits = bytes[..17].iter().map(|b| u32::from(b - b'0'));
    let sum: u32 = digits
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    CHECKS[(sum % 11) as usize] == bytes[17].to_ascii_uppercase()
}

fn is_mobile(text: &str) -> bool {
    let text = text.strip_prefix("+86").unwrap_or(text);
    let mut digits = Vec::with_capacity(11);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => digits.push(byte),
            b' ' | b'-' => {}
            _ => return false,
        }
    }
    digits.len() == 11 && digits[0] == b'1' && (b'3'..=b'9').contains(&digits[1])
}

fn is_plate(text: &str) -> bool {
    const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    let mut letters = text
        .chars()
        .filter(|c| !matches!(c, '·' | '•' | '.' | '-' | ' '));
    let starts = letters.next().is_some_and(|c| PROVINCES.contains(c))
        && letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    let rest: Vec<char> = letters.collect();
    starts
        && matches!(rest.len(), 5 | 6)
        && rest
            .iter()
            .all(|c| c.is_ascii_alphanumeric() || "学警挂".contains(*c))
        && rest.iter().any(char::is_ascii_digit)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && !user.contains(char::is_whitespace)
            && host.contains('.')
            && !host.ends_with('.')
            && host
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
    })
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::field::Layer;
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
        assert!(dropped("beat name,premise,beat\na,1,2\n", Layer::Incidents).is_empty());
    }

    #[test]
    fn by_pattern() {
        let text = "a,b,c,d,e\n11010519491231002X,13912345678,辽A·12345,a@b.cn,20240105000017\n";
        assert_eq!(dropped(text, Layer::Incidents), ["a", "b", "c", "d"]);
        // One digit off: no identity number.
        assert_eq!(pattern_of("110105194912310021"), None);
        assert_eq!(pattern_of("12912345678"), None);
        assert_eq!(pattern_of("辽AD12345"), Some("number plates"));
    }

    #[test]
    fn scrubbing_blots_out_only_what_matches() {
        assert_eq!(scrub("theft, call 13912345678 now"), "theft, call *** now");
        assert_eq!(scrub("2024年1月5日"), "2024年1月5日");
        assert_eq!(scrub("-122.6139"), "-122.6139");
    }
}
