//! A text as a QR code (ISO/IEC 18004), drawn as SVG: an address that a phone photographs
//! from a screen or from paper.

use qrcode::render::svg;
use qrcode::types::QrError;
use qrcode::{EcLevel, QrCode};

/// Least side of the drawing, in the SVG's units.
const SIDE: u32 = 240;

/// Draws a text. With the least correction, since it is shown large: the fewer dots, the
/// farther off it can be read.
///
/// # Errors
/// [`QrError`] where the text is too long: more than about 2,900 bytes.
pub fn qr_svg(text: &str) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L)?;
    let mut drawn = code.render::<svg::Color<'_>>();
    Ok(drawn.min_dimensions(SIDE, SIDE).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_drawn_and_a_novel_is_not() {
        let drawn = qr_svg("https://desk.example/unit#abc.def").unwrap();
        assert!(drawn.contains("<svg") && drawn.contains("<path"), "{drawn}");
        assert_ne!(drawn, qr_svg("https://desk.example/unit#abc.deg").unwrap());
        assert!(qr_svg(&"x".repeat(3_000)).is_err());
    }
}
