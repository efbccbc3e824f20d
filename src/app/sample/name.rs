//! Invented names. None is a real street, office or firm of the district, and those that
//! a reader could take for real say 模拟 ("simulated").

/// The ten areas, one a police station, roughly from south to north.
pub const AREAS: [&str; 10] = [
    "春和", "秋实", "明月", "清泉", "松柏", "长乐", "安宁", "新桥", "丰禾", "北岭",
];

/// The six commercial districts.
pub const COMMERCIAL: [&str; 6] = ["晨光", "星河", "金桥", "双塔", "百汇", "云廊"];

/// Parks, by turn.
pub const PARKS: [&str; 8] = [
    "柳影", "听泉", "望山", "紫藤", "银杏", "知春", "荷风", "远香",
];

/// A line along the district's axis, counted from the west.
pub fn street(column: usize) -> String {
    format!("模拟{}街", chinese(column + 1))
}

/// A line across it, counted from the south.
pub fn road(row: usize) -> String {
    format!("模拟{}路", chinese(row + 1))
}

/// A number from 1 to 99 in Chinese numerals.
pub fn chinese(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = ((number / 10) % 10, number % 10);
    match tens {
        0 => DIGITS[ones].into(),
        1 => format!("十{}", DIGITS[ones]),
        _ => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals() {
        let read: Vec<String> = [1, 10, 11, 20, 34, 60].into_iter().map(chinese).collect();
        assert_eq!(read, ["一", "十", "十一", "二十", "三十四", "六十"]);
    }
}
