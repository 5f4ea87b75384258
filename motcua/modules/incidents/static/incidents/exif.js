/* The place in a photo, and the whole EXIF block to put back after the photo was made smaller: the server reads time and
   place from it, and takes it off before anybody else sees the picture. */
window.mcExif = (() => {
  "use strict";
  const HEAD = 256 * 1024; /* EXIF stands at the beginning and is at most 64 kB, other blocks may come first */
  const APP1 = 0xffe1, EXIF = 0x45786966, ORIENTATION = 0x0112, GPS = 0x8825;

  function block(view) {
    if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
    for (let at = 2; at + 10 < view.byteLength;) {
      const marker = view.getUint16(at), size = view.getUint16(at + 2) + 2;
      if (marker === APP1 && view.getUint32(at + 4) === EXIF) return at + size <= view.byteLength ? { at, size } : null;
      if (marker >> 8 !== 0xff || marker === 0xffda) return null;
      at += size;
    }
    return null;
  }

  function entries(view, tiff, offset, little) {
    const found = new Map(), start = tiff + offset;
    for (let number = view.getUint16(start, little), at = start + 2; number > 0; number -= 1, at += 12) found.set(view.getUint16(at, little), at);
    return found;
  }

  function degrees(view, tiff, entry, little) {
    const at = tiff + view.getUint32(entry + 8, little);
    const part = (number) => view.getUint32(at + 8 * number, little) / (view.getUint32(at + 8 * number + 4, little) || 1);
    return part(0) + part(1) / 60 + part(2) / 3600;
  }

  function place(view, tiff, gps, little) {
    if (![1, 2, 3, 4].every((tag) => gps.has(tag))) return {};
    const sign = (tag, negative) => (String.fromCharCode(view.getUint8(gps.get(tag) + 8)) === negative ? -1 : 1);
    const lat = sign(1, "S") * degrees(view, tiff, gps.get(2), little), lon = sign(3, "W") * degrees(view, tiff, gps.get(4), little);
    return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat || lon) ? { lat, lon } : {};
  }

  /* {segment, lat, lon} of a JPEG; null where there is nothing to read. */
  async function read(file) {
    const bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
    try {
      const view = new DataView(bytes.buffer), found = block(view);
      if (!found) return null;
      const tiff = found.at + 10, little = view.getUint16(tiff) === 0x4949;
      const first = entries(view, tiff, view.getUint32(tiff + 4, little), little);
      /* The smaller picture is drawn upright: the block must not turn it again. */
      if (first.has(ORIENTATION)) view.setUint16(first.get(ORIENTATION) + 8, 1, little);
      const gps = first.has(GPS) ? entries(view, tiff, view.getUint32(first.get(GPS) + 8, little), little) : new Map();
      return { segment: bytes.slice(found.at, found.at + found.size), ...place(view, tiff, gps, little) };
    } catch (error) {
      if (error instanceof RangeError) return null; /* a broken block */
      throw error;
    }
  }

  const put = (jpeg, segment) => new Blob([jpeg.slice(0, 2), segment, jpeg.slice(2)], { type: "image/jpeg" });

  return { read, put };
})();
