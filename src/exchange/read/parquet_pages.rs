//! What the pages of a Parquet file claim, looked at before the library believes it: it makes
//! room for as many bytes and dictionary entries as a page's header tells of.
//!
//! A header is a Thrift struct in the compact protocol (parquet.thrift, `PageHeader`); of it
//! only sizes, counts and encodings are read, the rest is stepped over.

use std::collections::BTreeMap;

/// Structs in structs, lists in lists.
const DEEPEST: usize = 16;

/// The most that Snappy makes of its input: 64 bytes of 3.
const SNAPPY_RATIO: u64 = 22;

/// PLAIN, PLAIN_DICTIONARY, RLE, BIT_PACKED, RLE_DICTIONARY. Delta encodings claim counts in
/// their data too, which nothing here could check.
const ENCODINGS: [i64; 5] = [0, 2, 3, 4, 8];

/// Walks the pages of a column chunk; the bytes that come out of them, or what is wrong.
///
/// # Errors
/// In words.
pub fn inflated_bytes(chunk: &[u8], is_compressed: bool) -> Result<u64, String> {
    let mut rest = chunk;
    let mut inflated = 0u64;
    while !rest.is_empty() {
        let mut header = Thrift {
            rest,
            numbers: BTreeMap::new(),
        };
        header
            .read_struct(0, 0)
            .ok_or("a page's header can't be read")?;
        let of = |outer, inner| header.numbers.get(&(outer, inner)).copied();
        let size = |field| of(0, field).and_then(|size| u64::try_from(size).ok());
        let (Some(out), Some(stored)) = (size(2), size(3)) else {
            return Err("a page's header has no sizes".to_owned());
        };
        if !is_compressed && out != stored {
            return Err(format!("a page of {stored} bytes says that it has {out}"));
        }
        if out > stored.saturating_mul(SNAPPY_RATIO) + 64 {
            return Err(format!(
                "a page of {stored} bytes says that {out} come out of it"
            ));
        }
        let entries = of(7, 1).unwrap_or(0);
        if u64::try_from(entries).map_or(true, |entries| entries > out) {
            return Err(format!(
                "a dictionary of {out} bytes says that it has {entries} entries"
            ));
        }
        for encoding in [of(5, 2), of(8, 4), of(7, 2)].into_iter().flatten() {
            if !ENCODINGS.contains(&encoding) {
                return Err(format!(
                    "its values are stored in encoding {encoding}; plain and dictionary are read"
                ));
            }
        }
        inflated = inflated.saturating_add(out);
        let stored = usize::try_from(stored).unwrap_or(usize::MAX);
        rest = header
            .rest
            .get(stored..)
            .ok_or_else(|| format!("a page says that it has {stored} bytes; fewer are left"))?;
    }
    Ok(inflated)
}

/// Numbers of a struct and of the structs in it, by the outer field's number and the inner's.
struct Thrift<'b> {
    rest: &'b [u8],
    numbers: BTreeMap<(i64, i64), i64>,
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn skip(&mut self, bytes: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    fn read_struct(&mut self, outer: i64, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let mut field = 0i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            field = match head >> 4 {
                0 => self.signed()?,
                step => field.checked_add(i64::from(step))?,
            };
            match (head & 0x0f, depth) {
                (5 | 6, 0 | 1) => {
                    let number = self.signed()?;
                    self.numbers.insert((outer, field), number);
                }
                (12, 0) => self.read_struct(field, 1)?,
                (kind, _) => self.skip_value(kind, depth + 1)?,
            }
        }
    }

    fn skip_value(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match kind {
            1 | 2 => Some(()),
            3 => self.skip(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = match head >> 4 {
                    15 => self.varint()?,
                    few => u64::from(few),
                };
                // Truths in a list have a byte each; all else has one at least too.
                if count > self.rest.len() as u64 {
                    return None;
                }
                for _ in 0..count {
                    match head & 0x0f {
                        1 | 2 => self.skip(1)?,
                        kind => self.skip_value(kind, depth + 1)?,
                    }
                }
                Some(())
            }
            12 => self.read_struct(-1, depth),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::exchange::read::parquet_pages::inflated_bytes;

    /// A data page's header: type, sizes, and count and encoding of its values.
    fn page(out: u8, stored: u8, encoding: u8) -> Vec<u8> {
        let zigzag = |n: u8| n * 2;
        let mut bytes = vec![0x15, 0, 0x15, zigzag(out), 0x15, zigzag(stored)];
        bytes.extend([
            0x2c,
            0x15,
            zigzag(1),
            0x15,
            zigzag(encoding),
            0x15,
            6,
            0x15,
            6,
            0,
            0,
        ]);
        bytes.extend(vec![7; usize::from(stored)]);
        bytes
    }

    #[test]
    fn pages_that_tell_the_truth() {
        let two = [page(20, 10, 0), page(30, 30, 8)].concat();
        assert_eq!(inflated_bytes(&two, true), Ok(50));
    }

    #[test]
    fn pages_that_lie() {
        assert!(inflated_bytes(&page(20, 10, 0), false).is_err());
        assert!(inflated_bytes(&page(63, 0, 0), true).is_ok());
        // 10 bytes out of which two billion come.
        let mut huge = vec![0x15, 0, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 20, 0];
        huge.extend([0; 10]);
        assert!(
            inflated_bytes(&huge, true)
                .unwrap_err()
                .contains("come out")
        );
        let delta = inflated_bytes(&page(10, 10, 6), true).unwrap_err();
        assert!(delta.contains("encoding 6"), "{delta}");
        let whole = page(10, 10, 0);
        assert!(inflated_bytes(&whole[..whole.len() - 1], true).is_err());
        // A dictionary of 10 bytes and a billion entries.
        let mut many = vec![0x15, 4, 0x15, 20, 0x15, 20, 0x4c, 0x15];
        many.extend([0x80, 0xa8, 0xd6, 0xb9, 0x07, 0x15, 0, 0, 0]);
        many.extend([0; 10]);
        assert!(inflated_bytes(&many, true).unwrap_err().contains("entries"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = inflated_bytes(&bytes, true);
        }
    }
}
