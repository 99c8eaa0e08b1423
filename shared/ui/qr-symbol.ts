import { encodeQR } from 'qr'

/** White modules around a symbol, on every side (ISO/IEC 18004, 9.1). */
export const quietZone = 4

export type Correction = 'L' | 'M'

const levels = { L: 'low', M: 'medium' } as const

/** The modules of the smallest symbol that holds a text, true for dark; undefined if none holds it. */
export function qrModules(text: string, correction: Correction): readonly (readonly boolean[])[] | undefined {
  try {
    // The encoder draws at least one white module around; the quiet zone is ours to draw.
    const bordered = encodeQR(text, 'raw', { ecc: levels[correction], border: 1 })
    return bordered.slice(1, -1).map((line) => line.slice(1, -1))
  } catch {
    return undefined
  }
}

/** The version of a symbol, 1 to 40, by the number of its modules. */
export function qrVersion(modules: readonly unknown[]): number {
  return (modules.length - 17) / 4
}

/** The largest whole number of device pixels per module that fits, at least 1. */
export function pixelsPerModule(available: number, modules: number): number {
  return Math.max(1, Math.floor(available / (modules + 2 * quietZone)))
}

/** What is drawn on: a canvas of a page or of a worker. */
interface Plate {
  width: number
  height: number
  getContext(
    kind: '2d',
  ): { fillStyle: unknown; fillRect(x: number, y: number, width: number, height: number): void } | null
}

/** Draws a symbol with its quiet zone, black on white, and sets the canvas to the pixels it needs. */
export function drawQr(canvas: Plate, modules: readonly (readonly boolean[])[], scale: number): void {
  const side = (modules.length + 2 * quietZone) * scale
  canvas.width = side
  canvas.height = side
  const context = canvas.getContext('2d')
  if (context === null) return
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, side, side)
  context.fillStyle = '#000000'
  modules.forEach((line, y) => {
    line.forEach((dark, x) => {
      if (dark) context.fillRect((x + quietZone) * scale, (y + quietZone) * scale, scale, scale)
    })
  })
}
