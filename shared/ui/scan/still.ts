/** A larger picture is drawn smaller before it is read. */
const largestSide = 4096

/** What a drop or a paste may hold. */
export interface Handed {
  readonly pictures: readonly File[]
  readonly text: string
}

/** Pictures and text of a drop or a paste; other files are left out. */
export function handedOver(transfer: DataTransfer | null): Handed {
  const files = Array.from(transfer?.files ?? [])
  return {
    pictures: files.filter((file) => file.type.startsWith('image/')),
    text: transfer?.getData('text/plain') ?? '',
  }
}

/** Reads a picture file; undefined if it is none. */
export async function readPicture(file: Blob): Promise<ImageBitmap | undefined> {
  try {
    const whole = await createImageBitmap(file)
    const side = Math.max(whole.width, whole.height)
    if (side <= largestSide) return whole
    const part = largestSide / side
    const smaller = await createImageBitmap(whole, {
      resizeWidth: Math.round(whole.width * part),
      resizeHeight: Math.round(whole.height * part),
      resizeQuality: 'high',
    })
    whole.close()
    return smaller
  } catch {
    return undefined
  }
}

/** Pictures and text on the clipboard, where the person allows reading it. */
export async function readClipboard(): Promise<{ readonly picture?: Blob; readonly text: string }> {
  try {
    const items = await navigator.clipboard.read()
    for (const item of items) {
      const type = item.types.find((each) => each.startsWith('image/'))
      if (type !== undefined) return { picture: await item.getType(type), text: '' }
    }
  } catch {
    // Some browsers give text alone.
  }
  return { text: await navigator.clipboard.readText().catch(() => '') }
}
