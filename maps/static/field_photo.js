// A photo made small on the phone: drawn anew, it carries nothing of the camera, the place or the owner.

const LONGEST = 1280;
const QUALITY = 0.75;

async function picture(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch (error) {
    const image = new Image();
    image.src = URL.createObjectURL(file);
    try {
      await image.decode();
    } finally {
      URL.revokeObjectURL(image.src);
    }
    return image;
  }
}

// A JPEG of at most 1280 px a side; an error where it is no picture that the phone can read.
export async function shrink(file, longest) {
  const source = await picture(file);
  const wide = source.width || source.naturalWidth;
  const high = source.height || source.naturalHeight;
  const scale = Math.min(1, (longest || LONGEST) / Math.max(wide, high));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(wide * scale));
  canvas.height = Math.max(1, Math.round(high * scale));
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise(function (done) { canvas.toBlob(done, "image/jpeg", QUALITY); });
  if (!blob) throw new Error("no picture");
  return blob;
}
