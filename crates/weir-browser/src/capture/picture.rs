//! Pictures: fitted, drawn and written as JPEG.

use base64::{Engine, engine::general_purpose::STANDARD};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, File, ImageBitmap, ImageBitmapOptions, ImageEncodeOptions, ImageOrientation,
    OffscreenCanvas, OffscreenCanvasRenderingContext2d,
};
use weir_core::Modality;

use super::{CaptureError, Captured};

/// Quality of every JPEG, 0 to 1: good to look at, and a fraction of the camera's bytes.
const QUALITY: f64 = 0.85;
const MIME: &str = "image/jpeg";
/// The longest side of a picture of a picture, in pixels.
const THUMBNAIL: u32 = 128;

#[wasm_bindgen]
extern "C" {
    // Bound as a global, because windows and workers have it under the same name.
    #[wasm_bindgen(catch, js_name = createImageBitmap)]
    fn create_image_bitmap(blob: &Blob, options: &ImageBitmapOptions) -> Result<Promise, JsValue>;
}

/// Reads a picture that the user chose, upright and at most `max_side` pixels wide and high.
///
/// # Errors
/// [`CaptureError::Failed`] if the browser cannot read the file as a picture.
pub async fn picture_from_file(file: &File, max_side: u32) -> Result<Captured, CaptureError> {
    redrawn(file, max_side, || not_a_picture(file)).await
}

/// A picture as small as a thumb, as an address that holds all of it.
///
/// # Errors
/// [`CaptureError::Failed`] if the browser cannot read it as a picture.
pub async fn thumbnail(picture: &[u8]) -> Result<String, CaptureError> {
    let parts = Array::of1(&Uint8Array::from(picture));
    let blob = Blob::new_with_u8_array_sequence(&parts)?;
    let unreadable = || CaptureError::Failed("This is not a picture.".to_owned());
    let small = redrawn(&blob, THUMBNAIL, unreadable).await?;
    Ok(format!(
        "data:{MIME};base64,{}",
        STANDARD.encode(small.bytes)
    ))
}

async fn redrawn(
    blob: &Blob,
    max_side: u32,
    unreadable: impl Fn() -> CaptureError,
) -> Result<Captured, CaptureError> {
    let options = ImageBitmapOptions::new();
    options.set_image_orientation(ImageOrientation::FromImage);
    let decoded = create_image_bitmap(blob, &options)?;
    let bitmap: ImageBitmap = JsFuture::from(decoded)
        .await
        .map_err(|_| unreadable())?
        .unchecked_into();
    let picture = encode(
        Modality::Image,
        (bitmap.width(), bitmap.height()),
        max_side,
        |canvas, width, height| {
            canvas.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height)
        },
    )
    .await;
    bitmap.close();
    picture
}

fn not_a_picture(file: &File) -> CaptureError {
    CaptureError::Failed(format!(
        "{} is not a picture that this browser can read. Choose a JPEG, PNG or WebP file.",
        file.name()
    ))
}

/// Draws `size` pixels, fitted into `max_side`, and writes them as JPEG.
pub(super) async fn encode(
    modality: Modality,
    size: (u32, u32),
    max_side: u32,
    draw: impl FnOnce(&OffscreenCanvasRenderingContext2d, f64, f64) -> Result<(), JsValue>,
) -> Result<Captured, CaptureError> {
    let (width, height) = fit(size, max_side);
    let canvas = OffscreenCanvas::new(width, height)?;
    let context: OffscreenCanvasRenderingContext2d = canvas
        .get_context("2d")?
        .ok_or_else(|| CaptureError::Failed("The browser has no memory to draw in.".to_owned()))?
        .unchecked_into();
    let (across, down) = (f64::from(width), f64::from(height));
    // What is transparent would come out black.
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, across, down);
    draw(&context, across, down)?;

    let options = ImageEncodeOptions::new();
    options.set_type(MIME);
    options.set_quality(QUALITY);
    let blob: Blob = JsFuture::from(canvas.convert_to_blob_with_options(&options)?)
        .await?
        .unchecked_into();
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(Captured {
        modality,
        mime: MIME.to_owned(),
        bytes: Uint8Array::new(&buffer).to_vec(),
        seconds: 0.0,
        width,
        height,
    })
}

/// The size that fits into `max_side` with the same proportions; never larger than it was, never
/// nothing.
fn fit((width, height): (u32, u32), max_side: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= max_side {
        return (width.max(1), height.max(1));
    }
    let scale = f64::from(max_side) / f64::from(longest);
    let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_picture_is_made_smaller_but_never_larger() {
        assert_eq!(fit((4000, 3000), 1024), (1024, 768));
        assert_eq!(fit((3000, 4000), 1024), (768, 1024));
        assert_eq!(fit((640, 480), 1024), (640, 480));
        assert_eq!(fit((10_000, 1), 100), (100, 1));
        assert_eq!(fit((0, 0), 100), (1, 1));
    }

    proptest! {
        #[test]
        fn it_fits_and_keeps_its_proportions(
            width in 1..20_000_u32, height in 1..20_000_u32, max_side in 16..4_096_u32,
        ) {
            let (across, down) = fit((width, height), max_side);
            prop_assert!(across.max(down) <= max_side.max(1));
            let expected = f64::from(across) * f64::from(height) / f64::from(width);
            let error = f64::from(height) / f64::from(width) + 1.0;
            prop_assert!((expected - f64::from(down)).abs() <= error);
        }
    }
}
