/** One page that a browser opens: its index.html and where it is built to, `dist/pages/<name>`. */
export interface Page {
  readonly name: string
  /** The folder of its index.html. */
  readonly folder: string
  /** Folders whose change makes the build stale. */
  readonly from: readonly string[]
  /** Whether script and styles stand in its HTML, for a page that people keep as a file. */
  readonly isOneFile?: true
  /** Whether a service worker keeps it, so that it opens without a network. */
  readonly isInstallable?: true
  /** Whether it is a page of the desktop wallet, which no server ever serves: built on its own. */
  readonly isDesktop?: true
}

/** Every page there is. */
export const pages: readonly Page[] = [
  { name: 'wallet', folder: 'wallet/web', from: ['shared', 'wallet'], isInstallable: true },
  { name: 'verifier', folder: 'verifier/screens', from: ['shared', 'verifier'] },
  { name: 'issuer', folder: 'issuer/screens', from: ['shared', 'issuer'] },
  { name: 'registry', folder: 'registry/screens', from: ['shared', 'registry'] },
  { name: 'checker', folder: 'registry/screens/checker', from: ['shared', 'registry'], isOneFile: true },
  {
    name: 'desktop/wallet',
    folder: 'wallet/electron/page-wallet',
    from: ['shared', 'wallet'],
    isDesktop: true,
  },
  {
    name: 'desktop/consent',
    folder: 'wallet/electron/page-consent',
    from: ['shared', 'wallet'],
    isDesktop: true,
  },
  { name: 'workbench', folder: 'scripts/workbench/page', from: ['shared', 'scripts/workbench'] },
]
