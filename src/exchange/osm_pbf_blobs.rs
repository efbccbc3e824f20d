//! The blobs of a PBF file: checked for their borders first, then decoded one at a time.
//!
//! `osmpbf` ends quietly where a file breaks off at a blob's first bytes, and some of its
//! iterators panic on wild numbers (an unknown member type, a sum past 64 bits). Here the
//! borders are walked before anything is read, and a panic of the decoder becomes a fault
//! with the blob's place.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use osmpbf::{BlobDecode, BlobReader, BlobType, ByteOffset, PrimitiveBlock};

use crate::exchange::osm_pbf::OsmFault;

/// Bytes of the length before each blob's header.
const LENGTH: usize = 4;

/// Required features that this program reads.
const KNOWN_FEATURES: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// One blob of data.
pub(crate) struct DataBlob {
    number: usize,
    byte: usize,
    has_ways: bool,
    has_nodes: bool,
    looked_at: bool,
}

/// A file whose blobs' borders are right.
pub(crate) struct Blobs<'a> {
    reader: BlobReader<Cursor<&'a [u8]>>,
    data: Vec<DataBlob>,
}

/// Walks the borders and checks the header.
pub(crate) fn scan(bytes: &[u8]) -> Result<Blobs<'_>, OsmFault> {
    if bytes.is_empty() {
        return Err(OsmFault::Empty);
    }
    let mut reader = BlobReader::new_seekable(Cursor::new(bytes)).map_err(|_| OsmFault::NotPbf)?;
    let mut data = Vec::new();
    let (mut byte, mut number) = (0, 0);
    while byte < bytes.len() {
        number += 1;
        let torn = |why: &str| OsmFault::Torn {
            blob: number,
            byte,
            why: why.to_owned(),
        };
        let first = number == 1;
        let refuse = |why: &str| if first { OsmFault::NotPbf } else { torn(why) };
        let head = read_length(bytes, byte).ok_or_else(|| refuse("it has no length"))?;
        // A file that is cut within its first blob still shows that it was one.
        let is_pbf = bytes[byte + LENGTH..].starts_with(b"\x0a\x09OSMHeader");
        if first && !is_pbf {
            return Err(OsmFault::NotPbf);
        }
        if head >= osmpbf::MAX_BLOB_HEADER_SIZE as usize || byte + LENGTH + head > bytes.len() {
            return Err(torn("the file ends in its header"));
        }
        reader
            .seek(ByteOffset(byte as u64))
            .map_err(|e| torn(&e.to_string()))?;
        let Some(Ok((header, _))) = reader.next_header_skip_blob() else {
            return Err(torn("its header can't be read"));
        };
        let size =
            usize::try_from(header.get_blob_size()).map_err(|_| torn("its size is negative"))?;
        let end = byte + LENGTH + head + size;
        if end > bytes.len() {
            let missing = end - bytes.len();
            return Err(torn(&format!("the file ends {missing} bytes too early")));
        }
        match header.blob_type() {
            BlobType::OsmHeader => check_header(&mut reader, byte).map_err(|e| match e {
                HeaderFault::Feature(feature) => OsmFault::Feature(feature),
                HeaderFault::Unreadable(why) => torn(&why),
            })?,
            BlobType::OsmData => data.push(DataBlob {
                number,
                byte,
                has_ways: false,
                has_nodes: false,
                looked_at: false,
            }),
            BlobType::Unknown(_) => {}
        }
        byte = end;
    }
    Ok(Blobs { reader, data })
}

impl Blobs<'_> {
    /// Takes every blob.
    pub fn all(_: &DataBlob) -> bool {
        true
    }

    /// Takes blobs with ways in them.
    pub fn with_ways(blob: &DataBlob) -> bool {
        blob.has_ways
    }

    /// Takes blobs with nodes in them.
    pub fn with_nodes(blob: &DataBlob) -> bool {
        blob.has_nodes
    }

    /// Decodes the blobs that `takes` takes, in order. The first walk must take all.
    pub fn visit(
        &mut self,
        takes: fn(&DataBlob) -> bool,
        mut see: impl FnMut(&PrimitiveBlock),
    ) -> Result<(), OsmFault> {
        for blob in self.data.iter_mut().filter(|b| takes(b)) {
            let torn = |why: String| OsmFault::Torn {
                blob: blob.number,
                byte: blob.byte,
                why,
            };
            let read = self
                .reader
                .blob_from_offset(ByteOffset(blob.byte as u64))
                .map_err(|e| torn(e.to_string()))?;
            // `see` may leave its own state half-filled; the fault discards all of it.
            let seen = catch_unwind(AssertUnwindSafe(|| match read.decode() {
                Ok(BlobDecode::OsmData(block)) => {
                    let kinds = if blob.looked_at {
                        (blob.has_nodes, blob.has_ways)
                    } else {
                        kinds(&block)
                    };
                    see(&block);
                    Ok(kinds)
                }
                Ok(_) => Err("it changed its type".to_owned()),
                Err(e) => Err(e.to_string()),
            }));
            match seen {
                Ok(Ok((has_nodes, has_ways))) => {
                    blob.looked_at = true;
                    (blob.has_nodes, blob.has_ways) = (has_nodes, has_ways);
                }
                Ok(Err(why)) => return Err(torn(why)),
                Err(_) => return Err(torn("its numbers are out of range".to_owned())),
            }
        }
        Ok(())
    }
}

/// Whether there are nodes and ways in a block.
fn kinds(block: &PrimitiveBlock) -> (bool, bool) {
    let nodes = block
        .groups()
        .any(|g| g.nodes().next().is_some() || g.dense_nodes().next().is_some());
    let ways = block.groups().any(|g| g.ways().next().is_some());
    (nodes, ways)
}

enum HeaderFault {
    Feature(String),
    Unreadable(String),
}

fn check_header(reader: &mut BlobReader<Cursor<&[u8]>>, byte: usize) -> Result<(), HeaderFault> {
    let unreadable = |e: osmpbf::Error| HeaderFault::Unreadable(e.to_string());
    let blob = reader
        .blob_from_offset(ByteOffset(byte as u64))
        .map_err(unreadable)?;
    let header = blob.to_headerblock().map_err(unreadable)?;
    match header
        .required_features()
        .iter()
        .find(|f| !KNOWN_FEATURES.contains(&f.as_str()))
    {
        Some(feature) => Err(HeaderFault::Feature(feature.clone())),
        None => Ok(()),
    }
}

fn read_length(bytes: &[u8], at: usize) -> Option<usize> {
    let length: [u8; LENGTH] = bytes.get(at..at + LENGTH)?.try_into().ok()?;
    Some(u32::from_be_bytes(length) as usize)
}
