//! QR codes of invitation links: black on white, with the quiet zone that scanners need.

use qrcode::{Color, EcLevel, QrCode, render::svg};

/// The quiet zone in modules, as the standard requires.
const QUIET: usize = 4;

/// Returns the code of a link; `None` if the link is too long for one.
fn code(link: &str) -> Option<QrCode> {
    QrCode::with_error_correction_level(link, EcLevel::M).ok()
}

/// Returns the code of a link as SVG; `None` if the link is too long for one.
pub(crate) fn svg(link: &str) -> Option<String> {
    let picture =
        code(link)?.render::<svg::Color<'_>>().quiet_zone(true).min_dimensions(256, 256).build();
    Some(picture)
}

/// Returns the code of a link as PNG, `size` pixels wide and high or as large as it must be; `None` if the link is
/// too long for one.
pub(crate) fn png(link: &str, size: u32) -> Option<Vec<u8>> {
    let code = code(link)?;
    let (width, colors) = (code.width(), code.to_colors());
    let modules = width + 2 * QUIET;
    // Whole pixels for each module, so that its edges are sharp; the rest is more quiet zone.
    let scale = (size as usize / modules).max(1);
    let side = (size as usize).max(scale * modules);
    let margin = (side - scale * width) / 2;
    let mut pixels = vec![u8::MAX; side * side];
    let dark = colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
    for (place, _) in dark {
        let (left, top) = (margin + place % width * scale, margin + place / width * scale);
        for row in top..top + scale {
            pixels[row * side + left..][..scale].fill(0);
        }
    }
    encoded(&pixels, u32::try_from(side).ok()?)
}

fn encoded(pixels: &[u8], side: u32) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(pixels).ok()?;
    writer.finish().ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://coach.example.org/invite/AZmPOm0QfFWaQVvgw9ehA3kTqW5rLZxB";

    #[test]
    fn a_png_has_the_requested_size_and_the_modules_of_the_code() {
        let code = code(LINK).unwrap();
        for size in [128, 512, 2048] {
            let file = png(LINK, size).unwrap();
            let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            assert_eq!((info.width, info.height), (size, size));
            let side = size as usize;
            let scale = side / (code.width() + 2 * QUIET);
            let margin = (side - scale * code.width()) / 2;
            assert!(margin >= QUIET * scale, "the quiet zone");
            let at = |x: usize, y: usize| pixels[(margin + y * scale) * side + margin + x * scale];
            for (place, color) in code.to_colors().into_iter().enumerate() {
                let pixel = at(place % code.width(), place / code.width());
                assert_eq!(pixel == 0, color == Color::Dark, "module {place}");
            }
            assert!(pixels[..margin * side].iter().all(|pixel| *pixel == u8::MAX));
        }
    }

    #[test]
    fn an_svg_is_black_on_white() {
        let picture = svg(LINK).unwrap();
        assert!(picture.starts_with("<?xml") && picture.contains("<svg"), "{picture}");
        assert!(picture.contains("#fff") && picture.contains("#000"), "{picture}");
        assert!(svg(&"x".repeat(10_000)).is_none(), "too long for a code");
    }
}
