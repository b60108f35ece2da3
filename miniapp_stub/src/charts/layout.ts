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

/** How a picture uses its room: how many neighbours leave room for their names, how far they stand apart, how long a name's lines are and how many, what is kept at the sides. */
export interface Frame { most: number, across: number, down: number, line: number, lines: number, side: number }

/** The frame for a window so many letters wide, told as points at the usual size of text. */
export function frameFor(points: number): Frame {
  if (points >= 700) return { most: 14, across: 2, down: 1, line: 7, lines: 2, side: 44 }
  if (points >= 340) return { most: 8, across: 1, down: 1, line: 7, lines: 2, side: 44 }
  return { most: 6, across: 1, down: 3.1, line: 4, lines: 3, side: 26 }
}

/** Fixed places on rings about the centre: the same picture every time, with room for the words. */
export function placed(centre: Node, neighbours: Node[], { across, down }: Frame): Placed[] {
  const rings = Math.ceil(neighbours.length / RING) || 1
  return [
    { ...centre, x: 0, y: 0 },
    ...neighbours.map((node, i) => {
      const ring = Math.floor(i / RING)
      const here = Math.min(RING, neighbours.length - ring * RING)
      const angle = (2 * Math.PI * ((i % RING) + ring / 2)) / here - Math.PI / 2
      const radius = (ring + 1) / rings
      return { ...node, x: Math.cos(angle) * radius * across, y: Math.sin(angle) * radius * down }
    }),
  ]
}

/** A label of few short lines. */
export function short(label: string, { line, lines }: Pick<Frame, 'line' | 'lines'>): string {
  const most = line * lines
  const text = label.length > most ? `${label.slice(0, most - 1)}…` : label
  return text.replace(new RegExp(`.{${line}}(?=.)`, 'gu'), '$&\n')
}
