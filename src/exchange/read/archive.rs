//! Zip archives: the parts an import may need, inflated within a limit, so that a bomb
//! is refused instead of filling the memory.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::exchange::read::fault::ReadFault;

/// Most bytes inflated out of one archive.
pub const INFLATED_LIMIT: u64 = 1 << 30;
const WANTED: [&str; 8] = ["shp", "dbf", "prj", "cpg", "csv", "geojson", "json", "kml"];
const MOST_ENTRIES: usize = 10_000;

/// What comes out of a packed entry at most, as often as its size. Deflate can do a thousand
/// times; tables of text are packed ten to fifty times.
const MOST_PACKED: u64 = 250;

/// Entries that stay below this are no bomb, however packed.
const HARMLESS: u64 = 32 << 20;

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name without folder and extension, as written.
    pub stem: String,
    /// Extension in lower case.
    pub extension: String,
    /// Its bytes, inflated.
    pub bytes: Vec<u8>,
}

/// How many bytes of an entry may be inflated, of so many that are left for the archive.
pub fn entry_bound(packed: u64, left: u64) -> u64 {
    left.min(packed.saturating_mul(MOST_PACKED).max(HARMLESS))
}

/// The fault of an entry that is over its bound.
pub fn over_bound(name: &str, bound: u64, left: u64) -> ReadFault {
    match bound < left {
        true => ReadFault::Bomb {
            entry: name.to_owned(),
            most_packed: MOST_PACKED,
            harmless_mib: HARMLESS >> 20,
        },
        false => ReadFault::TooLarge {
            what: format!("entry {name}, inflated,"),
            limit_mib: bound >> 20,
        },
    }
}

/// Inflates the parts whose extension an import reads.
///
/// # Errors
/// [`ReadFault::Damaged`], [`ReadFault::TooLarge`].
pub fn unzip(bytes: &[u8], limit: u64) -> Result<Vec<Part>, ReadFault> {
    let damaged = |place: String, why: String| ReadFault::Damaged {
        format: "zip",
        place,
        why,
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|fault| {
        damaged(
            format!(
                "the directory at its end (the file has {} bytes)",
                bytes.len()
            ),
            format!("{fault}; it may be cut off"),
        )
    })?;
    if archive.len() > MOST_ENTRIES {
        return Err(ReadFault::TooLarge {
            what: format!("the zip's directory of {} entries", archive.len()),
            limit_mib: limit >> 20,
        });
    }
    let mut parts = Vec::new();
    let mut left = limit;
    for at in 0..archive.len() {
        let mut entry = archive
            .by_index(at)
            .map_err(|fault| damaged(format!("entry {}", at + 1), fault.to_string()))?;
        let name = entry
            .name()
            .map_err(|fault| damaged(format!("entry {}", at + 1), fault.to_string()))?
            .into_owned();
        let file = name.rsplit(['/', '\\']).next().unwrap_or("").to_owned();
        let Some((stem, extension)) = file.rsplit_once('.') else {
            continue;
        };
        let extension = extension.to_ascii_lowercase();
        // "._x.shp" are the leavings of macOS.
        if !WANTED.contains(&extension.as_str()) || stem.starts_with("._") {
            continue;
        }
        let bound = entry_bound(entry.compressed_size(), left);
        let mut content = Vec::new();
        (&mut entry)
            .take(bound + 1)
            .read_to_end(&mut content)
            .map_err(|fault| damaged(format!("entry {name}"), fault.to_string()))?;
        let read = content.len() as u64;
        if read > bound {
            return Err(over_bound(&name, bound, left));
        }
        left -= read;
        parts.push(Part {
            stem: stem.to_owned(),
            extension,
            bytes: content,
        });
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::write::SimpleFileOptions;

    use crate::exchange::read::archive::{INFLATED_LIMIT, unzip};
    use crate::exchange::read::fault::ReadFault;

    fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn takes_what_it_knows_out_of_folders() {
        let parts = unzip(&zipped("a/b/Beats.SHP", b"x"), INFLATED_LIMIT).unwrap();
        assert_eq!(
            (parts[0].stem.as_str(), parts[0].extension.as_str()),
            ("Beats", "shp")
        );
        assert!(
            unzip(&zipped("readme.txt", b"x"), INFLATED_LIMIT)
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = zipped("bomb.csv", &vec![b'0'; 3 << 20]);
        assert!(bomb.len() < 10_000);
        assert!(matches!(
            unzip(&bomb, 1 << 20),
            Err(ReadFault::TooLarge { .. })
        ));
    }

    #[test]
    fn what_is_packed_too_often_is_a_bomb_within_the_limit_too() {
        let bomb = zipped("bomb.csv", &vec![b'0'; 64 << 20]);
        let fault = unzip(&bomb, INFLATED_LIMIT).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "entry bomb.csv of the archive is over 32 MiB and more than 250 times as large as it is packed, as no table is"
        );
        assert!(!fault.remedy().contains("split"), "{}", fault.remedy());
        let table = zipped("a.csv", &b"lon,lat\n123.4,41.8\n".repeat(1_000));
        assert!(unzip(&table, INFLATED_LIMIT).is_ok());
    }

    #[test]
    fn a_cut_archive_says_so() {
        let whole = zipped("a.csv", b"lon,lat\n1,2\n");
        let fault = unzip(&whole[..whole.len() / 2], INFLATED_LIMIT).unwrap_err();
        assert!(
            matches!(fault, ReadFault::Damaged { format: "zip", .. }),
            "{fault}"
        );
    }

    proptest! {
        #[test]
        fn a_spoilt_archive_never_panics(at in 0usize..120, byte: u8) {
            let mut bytes = zipped("a.csv", b"lon,lat\n1,2\n");
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = unzip(&bytes, 1 << 16);
        }
    }
}
