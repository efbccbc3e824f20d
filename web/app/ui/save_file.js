/**
 * Files that the page makes itself.
 * @module
 */
import { t } from '../i18n/speak.js';

export const FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

/** Hands a file over. @param {string} name @param {Blob} blob */
export function save(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10e3);
}

/** What is drawn, as a PNG. @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export const pngOfCanvas = (canvas) => new Promise((resolve, reject) => {
  canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(t('a_png_failed')))), 'image/png');
});
