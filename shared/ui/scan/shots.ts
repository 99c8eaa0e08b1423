import type { Shot } from './decode-chain.ts'

/** The longest side at which a still picture is looked at as a whole, in pixels. */
const wholeSide = 2_048
/** Pieces of a larger one: so far apart, and so much wider that a code on a border stands whole in one of them. */
const [pieceStep, pieceOverlap] = [1_536, 512]

const canvas = new OffscreenCanvas(1, 1)

/** A frame as it is. */
export function shotOf(picture: ImageBitmap | OffscreenCanvas): Shot | undefined {
  return drawn(picture.width, picture.height, (context) => context.drawImage(picture, 0, 0))
}

/**
 * A still picture as a whole, made smaller where it is large; then, as it is, in pieces, for small codes on large
 * screens. Each shot ends with the next: they share a canvas.
 */
export function* shotsOfStill(picture: ImageBitmap | OffscreenCanvas): Generator<Shot> {
  const { width, height } = picture
  const part = Math.min(1, wholeSide / Math.max(width, height))
  const [across, down] = [Math.max(1, Math.round(width * part)), Math.max(1, Math.round(height * part))]
  const whole = drawn(across, down, (context) => onPaper(context, () => context.drawImage(picture, 0, 0, across, down)))
  if (whole) yield whole
  if (part === 1) return
  for (let y = 0; y < Math.max(1, height - pieceOverlap); y += pieceStep)
    for (let x = 0; x < Math.max(1, width - pieceOverlap); x += pieceStep) {
      const piece = drawn(
        Math.min(width - x, pieceStep + pieceOverlap),
        Math.min(height - y, pieceStep + pieceOverlap),
        (context) => onPaper(context, () => context.drawImage(picture, -x, -y)),
      )
      if (piece) yield piece
    }
}

/** A picture may be of black modules on nothing at all. */
function onPaper(context: OffscreenCanvasRenderingContext2D, draw: () => void): void {
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  draw()
}

function drawn(
  width: number,
  height: number,
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
): Shot | undefined {
  // Setting a size clears the canvas and costs a millisecond; frames of a camera have one size.
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height]
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false })
  if (context === null) return undefined
  context.imageSmoothingQuality = 'high'
  draw(context)
  return { canvas, pixels: context.getImageData(0, 0, width, height) }
}
