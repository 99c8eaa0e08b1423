import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Campaign, Life } from '../campaign.ts'

const repository = join(import.meta.dirname, '../../../..')
const committer = join(repository, 'tests/security/crash/committer.ts')
/** In the guest. */
const folder = '/mnt/disk/log'

/**
 * A computer of its own, in user-mode Linux: its memory is that of one process here, so that killing the process is
 * pulling its plug. What it had only in its page cache is gone; its disk is a file that stays.
 *
 * Its root is ours, read-only; the disk is mounted beside.
 */
export class Computer {
  readonly #place: string
  readonly #syncs: boolean
  readonly #disk: string

  private constructor(place: string, syncs: boolean) {
    this.#place = place
    this.#syncs = syncs
    this.#disk = join(place, 'disk.img')
  }

  /** @param syncs false: its disk says written before it has */
  static async build(place: string, syncs: boolean): Promise<Computer> {
    await mkdir(place, { recursive: true })
    for (const name of ['registers', 'unsynced']) {
      const source = join(import.meta.dirname, `${name}.c`)
      execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', join(place, `${name}.so`), source, '-ldl'])
    }
    const computer = new Computer(place, syncs)
    execFileSync('mkfs.ext4', ['-q', '-F', computer.#disk, '64M'])
    return computer
  }

  /** Switches it on; it mounts its disk and commits what the campaign has open, and more, up to so many names. */
  async start(campaign: Campaign, names: number): Promise<Life> {
    const orders = JSON.stringify({ ...campaign.orders(names, 3), folder })
    await writeFile(join(this.#place, 'orders.json'), orders)
    const init = join(this.#place, 'init')
    await writeFile(init, this.#init(), { mode: 0o755 })
    const kernel = [`ubda=${this.#disk}`, 'rootfstype=hostfs', 'rootflags=/', 'ro', `init=${init}`]
    const child = spawn(
      'linux.uml',
      ['mem=384M', ...kernel, 'con=null', 'con0=fd:0,fd:1', 'quiet', 'panic=1', `uml_dir=${this.#place}/`],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, LD_PRELOAD: join(this.#place, 'registers.so'), TMPDIR: this.#place },
        // Its processes are of its group, so that all of them can be ended at once.
        detached: true,
      },
    )
    return campaign.listen(child)
  }

  /** The first process: programs use no registers that the kernel does not keep. */
  #init(): string {
    const without = 'AVX512F AVX512VL AVX512BW AVX512DQ AVX512CD AVX2 AVX XSAVE XSAVEC'.replaceAll(/\b(?=[AX])/g, '-')
    return [
      '#!/bin/sh',
      `export GLIBC_TUNABLES=glibc.cpu.hwcaps=${without.replaceAll(' ', ',')}`,
      'export SIMDUTF_FORCE_IMPLEMENTATION=westmere SIMDJSON_FORCE_IMPLEMENTATION=westmere OPENSSL_ia32cap=:~0xdc230000',
      'mount -t proc proc /proc; mount -t tmpfs tmp /mnt; mkdir /mnt/disk',
      'mount -t ext4 /dev/ubda /mnt/disk || exit 1',
      `mkdir -p ${folder}; cd ${repository}`,
      this.#syncs ? '' : `export LD_PRELOAD=${join(this.#place, 'unsynced.so')}`,
      `${process.execPath} --no-enable-avx --no-enable-avx2 ${committer} "$(cat ${join(this.#place, 'orders.json')})"`,
      'unset LD_PRELOAD; cd /; umount /mnt/disk; sync',
      '',
    ].join('\n')
  }

  /** Takes the log off its disk, once it has ended by itself. */
  async copyOut(to: string): Promise<void> {
    await rm(to, { recursive: true, force: true })
    await mkdir(to, { recursive: true })
    execFileSync('debugfs', ['-R', `rdump /log ${to}`, this.#disk], { stdio: 'ignore' })
  }
}

/** Pulls the plug: the kernel and the processes inside it, at once. */
export function cutPower(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
    process.kill(-child.pid, 'SIGKILL')
}
