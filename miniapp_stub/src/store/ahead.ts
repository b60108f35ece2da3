/** The other screens' code, so that they open without network too; charts come only when they are drawn. */
const screens = import.meta.glob(['../pages/*.vue', '../charts/*.vue', '../staff/*.vue', '!../charts/Chart.vue'])
const FIRST = 3_000

/** Loads them one after another once the first screen stands, unless the visitor saves data. */
export function loadAhead() {
  const { connection } = navigator as Navigator & { connection?: { saveData: boolean } }
  if (connection?.saveData) return
  setTimeout(async () => {
    for (const load of Object.values(screens)) {
      // A screen that does not come now is asked for again when it is opened.
      if (!(await load().then(() => true, () => false))) return
      await new Promise((done) => { setTimeout(done, 50) })
    }
  }, FIRST)
}
