//! Text out of bytes: UTF-8 with or without mark, UTF-16 with mark, else GB18030, which
//! covers GBK and GB2312.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

use crate::exchange::read::fault::ReadFault;

/// The text and the name of the encoding it was found to be in.
///
/// # Errors
/// [`ReadFault::Damaged`] with the place of the first byte that is neither.
pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static str), ReadFault> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
        if broken {
            return Err(undecodable(bytes, encoding.name()));
        }
        let name = if encoding == UTF_8 {
            "UTF-8 with mark"
        } else {
            encoding.name()
        };
        return Ok((text, name));
    }
    let broken_at = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok((Cow::Borrowed(text), "UTF-8")),
        Err(fault) => fault.valid_up_to(),
    };
    match GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) if !text.contains('\0') => Ok((text, "GB18030")),
        _ => Err(undecodable(&bytes[..broken_at.min(bytes.len())], "text")),
    }
}

/// The text in a declared encoding (a `.cpg`, a DBF's language byte), bad bytes replaced.
pub fn decode_as<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Cow<'a, str> {
    encoding.decode_without_bom_handling(bytes).0
}

fn undecodable(before: &[u8], format: &'static str) -> ReadFault {
    let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
    ReadFault::Damaged {
        format,
        place: format!("line {line}"),
        why: "its bytes are neither UTF-8 nor GB18030 text".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::GBK;

    use crate::exchange::read::text::decode;

    #[test]
    fn chinese_in_three_encodings() {
        let text = "报警时间,经度";
        assert_eq!(decode(text.as_bytes()).unwrap(), (text.into(), "UTF-8"));
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        assert_eq!(decode(&marked).unwrap().0, text);
        let (gbk, _, _) = GBK.encode(text);
        assert_eq!(decode(&gbk).unwrap(), (text.into(), "GB18030"));
    }

    #[test]
    fn bytes_that_are_no_text_name_their_line() {
        let fault = decode(b"a,b\n1,\xff\xff\xff\n").unwrap_err().to_string();
        assert!(fault.contains("line 2"), "{fault}");
    }
}
