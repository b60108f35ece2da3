import type { Node } from '@/api/shapes'
import type { Colours } from './colours'
import { placed, short } from './layout'

/** The graph about one node. */
export function graphOption(centre: Node, neighbours: Node[], paint: Colours, wide: boolean) {
  const colour: Record<string, string> = { policy: paint.brand, title: paint.good, department: paint.plain, area: paint.plain, course: paint.warn, institution: paint.warn }
  return {
    animation: false,
    series: [{
      type: 'graph', layout: 'none', roam: false, left: 44, right: 44, top: 36, bottom: 56,
      label: { show: true, position: 'bottom', distance: 4, fontSize: 12, lineHeight: 15, color: paint.text, formatter: ({ name }: { name: string }) => short(name) },
      lineStyle: { color: paint.line, width: 1.5 },
      emphasis: { disabled: true },
      data: placed(centre, neighbours, wide).map((node) => ({
        id: node.id, name: node.label, x: node.x, y: node.y, symbolSize: node.id === centre.id ? 40 : 26,
        itemStyle: { color: colour[node.kind] ?? paint.plain, borderColor: paint.sheet, borderWidth: 2 },
      })),
      links: neighbours.map(({ id }) => ({ source: centre.id, target: id })),
    }],
  }
}
