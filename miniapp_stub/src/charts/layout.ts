import type { Graph, Node } from '@/api/shapes'

/** What stands for something a firm can read or do; versions, facts and conditions belong to the rules behind. */
const SHOWN = new Set(['policy', 'title', 'measure', 'support', 'department', 'area', 'course', 'institution'])
const RING = 8

export interface Placed extends Node { x: number, y: number }

/** The neighbours worth showing, each with how it is related to the centre, nearest kind first. */
export function around({ nodes, links }: Graph, centre: string): { node: Node, relation: string, old: boolean }[] {
  const found = new Map<string, { relation: string, old: boolean }>()
  for (const { source, target, kind_label, in_force } of links) {
    const other = source === centre ? target : target === centre ? source : undefined
    if (other && !found.has(other)) found.set(other, { relation: kind_label, old: !in_force })
  }
  return nodes.filter(({ id, kind }) => SHOWN.has(kind) && found.has(id)).map((node) => ({ node, ...found.get(node.id)! }))
}

/** Fixed places on rings about the centre: the same picture every time, with room for the words. */
export function placed(centre: Node, neighbours: Node[], wide: boolean): Placed[] {
  const stretch = wide ? 2 : 1
  const rings = Math.ceil(neighbours.length / RING) || 1
  return [
    { ...centre, x: 0, y: 0 },
    ...neighbours.map((node, i) => {
      const ring = Math.floor(i / RING)
      const here = Math.min(RING, neighbours.length - ring * RING)
      const angle = (2 * Math.PI * ((i % RING) + ring / 2)) / here - Math.PI / 2
      const radius = (ring + 1) / rings
      return { ...node, x: Math.cos(angle) * radius * stretch, y: Math.sin(angle) * radius }
    }),
  ]
}

/** A label of at most two short lines. */
export function short(label: string): string {
  const text = label.length > 14 ? `${label.slice(0, 13)}…` : label
  return text.length > 7 ? `${text.slice(0, 7)}\n${text.slice(7)}` : text
}
