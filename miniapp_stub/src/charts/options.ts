import type { Amount, Node, Series } from '@/api/shapes'
import { amountWords } from '@/words/money'
import type { Colours } from './colours'
import { placed, short, type Frame } from './layout'

/** The graph about one node; sizes go by the reader's text, `large` being 1 at the usual size. */
export function graphOption(centre: Node, neighbours: Node[], paint: Colours, frame: Frame, large: number) {
  const colour: Record<string, string> = { policy: paint.brand, title: paint.good, department: paint.plain, area: paint.plain, course: paint.warn, institution: paint.warn }
  return {
    animation: false,
    series: [{
      type: 'graph', layout: 'none', roam: false, left: frame.side * large, right: frame.side * large, top: 36 * large, bottom: (26 + 15 * frame.lines) * large, preserveAspect: true,
      label: { show: true, position: 'bottom', distance: 4, fontSize: 12 * large, lineHeight: 15 * large, color: paint.text, formatter: ({ name }: { name: string }) => short(name, frame) },
      lineStyle: { color: paint.line, width: 1.5 },
      emphasis: { disabled: true },
      data: placed(centre, neighbours, frame).map((node) => ({
        id: node.id, name: node.label, x: node.x, y: node.y, symbolSize: (node.id === centre.id ? 40 : 26) * large,
        itemStyle: { color: colour[node.kind] ?? paint.plain, borderColor: paint.sheet, borderWidth: 2 },
      })),
      links: neighbours.map(({ id }) => ({ source: centre.id, target: id })),
    }],
  }
}

/** A firm's figures over the years, with the middle half of its peers as a band and their median as a dashed line. */
export function seriesOption({ unit, years, values, lower_quartile, median, upper_quartile }: Series, paint: Colours, large: number) {
  const read = (amounts: Amount[]) => amounts.map((amount) => (amount === null || amount === undefined ? null : Number(amount)))
  const low = read(lower_quartile)
  const high = read(upper_quartile)
  const line = (name: string, data: (number | null)[], more: object) => ({ name, type: 'line', data, symbol: 'none', silent: true, ...more })
  return {
    animation: false,
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    xAxis: { type: 'category', data: years, axisLine: { lineStyle: { color: paint.line } }, axisLabel: { color: paint.quiet, fontSize: 12 * large, hideOverlap: true } },
    yAxis: {
      type: 'value', splitNumber: 4, splitLine: { lineStyle: { color: paint.line, opacity: 0.5 } },
      axisLabel: { color: paint.quiet, fontSize: 12 * large, formatter: (value: number) => amountWords(value, unit) },
    },
    series: [
      line('下四分位', low, { stack: 'band', lineStyle: { opacity: 0 } }),
      line('同行', high.map((top, i) => (top === null || low[i] === null ? null : top - (low[i] as number))), { stack: 'band', lineStyle: { opacity: 0 }, areaStyle: { color: paint.band } }),
      line('同行中位', read(median), { lineStyle: { color: paint.quiet, type: 'dashed', width: 1.5 } }),
      line('本企业', read(values), { symbol: 'circle', symbolSize: 9, lineStyle: { color: paint.brand, width: 3 }, itemStyle: { color: paint.brand } }),
    ],
  }
}
