/** Asks before something that cannot be undone, or that needs a person's own yes. */
export function confirmed(title: string, content: string, confirmText = '确定'): Promise<boolean> {
  // #ifdef H5
  return asked(title, content, confirmText)
  // #endif
  // #ifndef H5
  return new Promise((resolve) => {
    uni.showModal({ title, content, confirmText, cancelText: '取消', success: ({ confirm }) => resolve(confirm), fail: () => resolve(false) })
  })
  // #endif
}

// #ifdef H5
/** The browser's own dialog: it takes the focus, keeps it, gives it back, and closes by Esc. uni-app's does none of that. */
function asked(title: string, content: string, confirmText: string): Promise<boolean> {
  const dialog = document.createElement('dialog')
  dialog.className = 'ask-first'
  dialog.setAttribute('aria-label', title)
  dialog.append(
    made('h2', 'h2', title), made('p', 'pre', content),
    // Whoever presses Enter without reading has said nothing.
    made('button', 'bare button second', '取消', () => dialog.close()), made('button', 'bare button', confirmText, () => dialog.close('yes')),
  )
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
  })
}

function made(tag: string, className: string, words: string, press?: () => void): HTMLElement {
  const element = Object.assign(document.createElement(tag), { className, textContent: words })
  if (press) element.addEventListener('click', press)
  return element
}
// #endif
