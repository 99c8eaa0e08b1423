import { describe, expect, it } from 'vitest'
import { examinePictureFile, sizeOfPicture } from './picture-file.ts'

function file(hex: string, length = 64): Blob {
  const bytes = new Uint8Array(length)
  bytes.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  return new Blob([bytes])
}

const png = (width: string, height: string) => file(`89504e470d0a1a0a 0000000d 49484452 ${width} ${height} 0806000000`)
/** With a comment before the frame header, as cameras write. */
const jpeg = file('ffd8 fffe0006 61626364 ffc0 0011 08 02d0 0500 03')

describe('picture file', () => {
  it.each([
    ['PNG', png('00000500', '000002d0')],
    ['JPEG', jpeg],
    ['GIF', file('474946383961 0005 d002')],
    ['BMP', file('424d 00000000 00000000 00000000 28000000 00050000 30fdffff')],
    ['lossy WebP', file('52494646 00000000 57454250 56503820 00000000 000000 9d012a 0005 d002')],
    ['lossless WebP', file('52494646 00000000 57454250 5650384c 00000000 2f ff c4 b3 00')],
    ['extended WebP', file('52494646 00000000 57454250 56503858 0a000000 00 000000 ff0400 cf0200')],
  ])('accepts a %s and the size it names', async (_, picture) => {
    expect(sizeOfPicture(new DataView(await picture.arrayBuffer()))).toEqual({ width: 1280, height: 720 })
    expect(await examinePictureFile(picture)).toBe('picture')
  })

  it('refuses a small file that would unfold into gigabytes', async () => {
    expect(await examinePictureFile(png('0000ffff', '0000ffff'))).toBe('tooLarge')
    expect(await examinePictureFile(png('7fffffff', '7fffffff'))).toBe('tooLarge')
  })

  it('refuses a file of more than 32 MiB', async () => {
    expect(await examinePictureFile(new Blob([png('00000500', '000002d0'), new Uint8Array(33 * 2 ** 20)]))).toBe(
      'tooLarge',
    )
  })

  it('names a PDF by its bytes, also behind a few others', async () => {
    expect(await examinePictureFile(new Blob(['%PDF-1.7\n']))).toBe('pdf')
    expect(await examinePictureFile(new Blob(['\n\n%PDF-1.4\n']))).toBe('pdf')
  })

  it.each([
    ['text', new Blob(['not a picture'])],
    ['nothing', new Blob([])],
    ['a drawing with script', new Blob(['<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'])],
    ['a PNG cut short', new Blob([new Uint8Array([0x89, 0x50, 0x4e, 0x47])])],
    ['a PNG of no width', png('00000000', '000002d0')],
    ['a JPEG without a frame', file('ffd8 ffda 0008')],
    ['a JPEG whose segments lead nowhere', file('ffd8 fffe ffff')],
  ])('refuses %s', async (_, picture) => {
    expect(await examinePictureFile(picture)).toBe('notPicture')
  })
})
