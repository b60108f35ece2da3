/** The colours of charts; a canvas knows no style sheet. */
const LIGHT = { text: '#1a2330', quiet: '#556072', line: '#b5bfcc', sheet: '#ffffff', brand: '#0b5cad', good: '#116440', warn: '#7d4600', plain: '#4a5668', band: '#cfe0f2' }
const DARK = { text: '#e8ecf2', quiet: '#a9b4c3', line: '#4a5668', sheet: '#1b212a', brand: '#8cc1f7', good: '#79d3a1', warn: '#f0bc73', plain: '#b4bfcd', band: '#2b4766' }

export type Colours = typeof LIGHT

/** Those of the mode the device is in. */
export function colours(): Colours {
  // #ifdef H5
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? DARK : LIGHT
  // #endif
  // #ifndef H5
  return uni.getSystemInfoSync().theme === 'dark' ? DARK : LIGHT
  // #endif
}
