import { ref } from 'vue'

/** How large the reader has text, 1 being usual: a canvas knows no style sheet, so its words are sized by this. */
export const enlarged = ref(1)

/** Looks again; WeChat scales px itself. */
export function measureText() {
  // #ifdef H5
  enlarged.value = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
  // #endif
}
