//! How many people live in each beat, from a CSV with the columns `beat` and `people`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::failure::Failure;

const REMEDY: &str = "write a CSV with the columns beat (its id) and people (a number)";

/// Reads the file: people by beat id.
///
/// # Errors
/// [`Failure`] that names the row.
pub fn read_population(path: &Path) -> Result<BTreeMap<String, f64>, Failure> {
    let shown = path.display();
    let bytes = std::fs::read(path)
        .map_err(|fault| Failure::usage(format!("{shown} can't be read: {fault}"), REMEDY))?;
    parse(&bytes).map_err(|why| Failure::usage(format!("{shown}: {why}"), REMEDY))
}

fn parse(bytes: &[u8]) -> Result<BTreeMap<String, f64>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let names = reader.headers().map_err(|fault| fault.to_string())?.clone();
    let column = |name: &str| {
        let found = names.iter().position(|n| n.eq_ignore_ascii_case(name));
        found.ok_or_else(|| format!("there is no column {name:?}"))
    };
    let (beat, people) = (column("beat")?, column("people")?);
    let mut known = BTreeMap::new();
    for (row, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|fault| format!("row {row}: {fault}"))?;
        let id = record.get(beat).unwrap_or_default();
        let text = record.get(people).unwrap_or_default();
        let number = text.parse::<f64>().ok();
        let Some(number) = number.filter(|n| n.is_finite() && *n >= 0.0) else {
            return Err(format!("row {row}: {text:?} is no number of people"));
        };
        if known.insert(id.to_owned(), number).is_some() {
            return Err(format!("row {row}: beat {id:?} is there twice"));
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_or_refused_with_the_row() {
        let read = parse("\u{feff}Beat,name,People\nb1,x, 1200\nb2,y,0\n".as_bytes()).unwrap();
        assert_eq!(
            read,
            BTreeMap::from([("b1".into(), 1200.0), ("b2".into(), 0.0)])
        );
        let refused = |text: &str| parse(text.as_bytes()).unwrap_err();
        assert!(refused("id,people\n").contains("\"beat\""));
        assert!(refused("beat,people\nb1,many\n").contains("row 2"));
        assert!(refused("beat,people\nb1,-1\n").contains("row 2"));
        assert!(refused("beat,people\nb1,NaN\n").contains("row 2"));
        assert!(refused("beat,people\nb1,1\nb1,2\n").contains("row 3"));
        assert!(parse(&[0xff, 0xfe]).is_err());
    }
}
