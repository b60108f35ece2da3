import type { StatedFact } from '@/api/shapes'
// #ifndef H5
import { addressOf } from '@/api/client'
import { fetchFile } from '@/api/files'
import { showPaper } from './papers'
// #endif

/** The report of a self-check: the browser prints the screen, WeChat opens the server's PDF. */
export async function printReport(slug: string, facts: StatedFact[]): Promise<void> {
  // #ifdef H5
  void [slug, facts]
  window.print()
  // #endif
  // #ifndef H5
  const data = await fetchFile(addressOf('/api/v1/assessments/{slug}/report', { slug }), { facts, format: 'pdf' })
  showPaper(`${slug}.pdf`, data)
  // #endif
}
