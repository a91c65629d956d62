// Writes NOTICE: what the bundle contains, under which licences, and the text
// of each licence once.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

// Published without a licence file, from the repository of the named package.
const SAME_REPOSITORY = {
  '@graphiql/plugin-doc-explorer': 'graphiql',
  '@graphiql/plugin-explorer': 'graphiql',
  '@graphiql/plugin-history': 'graphiql',
  'react-compiler-runtime': 'react',
  'react-remove-scroll-bar': 'react-remove-scroll',
};

const LICENCE_FILE = /^(licen[sc]e|copying)([-.].*)?$/i;
const COPYRIGHT_LINE = /^(Copyright\s+(?!\[)\S|\([cC]\)\s|©)/;
// Lines that differ between copies of one licence and do not belong to its terms.
const HEADING_LINE = /^(#+ *)?\(?(the )?(MIT|ISC|Apache-2\.0)( License)?( \((MIT|ISC)\))?[):.]*$|^#+ *(licen[sc]e|copyright)\b.*$|^all rights reserved\.?$|^=+$/i;

/** Splits a licence file into who holds the copyright and what the terms are. */
function splitLicence(text) {
  const copyright = [];
  const terms = [];
  for (const raw of text.replaceAll('\r', '').split('\n')) {
    const line = raw.trim();
    if (COPYRIGHT_LINE.test(line)) {
      copyright.push(line.replace(/\s+/g, ' '));
    } else if (!HEADING_LINE.test(line)) {
      terms.push(raw.trimEnd());
    }
  }
  return { copyright, terms: terms.join('\n').replace(/^\n+|\n+$/g, '').replace(/\n{3,}/g, '\n\n') };
}

/** Equal for two copies of a licence that differ in line breaks and kinds of quotes only. */
function fingerprint(terms) {
  return terms.replace(/[“”‘’'"`*]/g, '').replace(/\s+/g, ' ').trim().toLowerCase();
}

async function licenceText(folder) {
  const file = (await readdir(folder)).sort().find((name) => LICENCE_FILE.test(name));
  return file && readFile(path.join(folder, file), 'utf8');
}

/** Folders of the packages that have at least one byte in the bundle. */
function bundledFolders(metafile) {
  const folders = new Set();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
      if (folder && bytesInOutput > 0) {
        folders.add(folder);
      }
    }
  }
  return [...folders];
}

async function packageComponent(here, folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(here, folder, 'package.json'), 'utf8'));
  const text = await licenceText(path.join(here, folder))
    ?? (SAME_REPOSITORY[name] && await licenceText(path.join(here, 'node_modules', SAME_REPOSITORY[name])));
  if (!text) {
    throw new Error(`${name} has no licence file: name its repository's package in SAME_REPOSITORY of notice.mjs`);
  }
  return { name, version, licence: license, ...splitLicence(text) };
}

/** What Monaco carries in its own source tree. */
async function insideMonaco(here) {
  const folder = path.join(here, 'node_modules/monaco-editor');
  const notices = (await readFile(path.join(folder, 'ThirdPartyNotices.txt'), 'utf8')).replaceAll('\r', '');
  const section = (title) => {
    const found = new RegExp(`^%% ${title}.*\\n=+\\n([\\s\\S]*?)\\n=+\\nEND OF`, 'm').exec(notices);
    if (!found) {
      throw new Error(`monaco-editor's ThirdPartyNotices.txt has no section ${title}`);
    }
    return splitLicence(found[1]);
  };
  const base = path.join(folder, 'esm/vs/base');
  const version = async (file, pattern) => pattern.exec(await readFile(path.join(base, file), 'utf8'))[1];
  const apache = splitLicence(await licenceText(path.join(here, 'node_modules/@swc/helpers')));
  return [
    { name: 'Node.js path library', version: '(in monaco-editor)', licence: 'MIT', ...section('nodejs path library') },
    { name: 'marked', version: `${await version('common/marked/marked.js', /marked v([\d.]+)/)} (in monaco-editor)`, licence: 'MIT', ...section('markedjs') },
    {
      name: 'DOMPurify',
      version: `${await version('browser/dompurify/dompurify.js', /DOMPurify ([\d.]+)/)} (in monaco-editor)`,
      licence: 'Apache-2.0 or MPL-2.0, used under Apache-2.0',
      copyright: ['(c) Cure53 and other contributors'],
      terms: apache.terms,
    },
    {
      name: 'Codicons font',
      version: '(in monaco-editor)',
      licence: 'CC-BY-4.0, https://creativecommons.org/licenses/by/4.0/legalcode',
      copyright: ['Copyright (c) Microsoft Corporation'],
      terms: '',
    },
  ];
}

/** The packages that Prettier's own notice names; it does not say which of its files holds which. */
async function insidePrettier(here) {
  const notices = await readFile(path.join(here, 'node_modules/prettier/THIRD-PARTY-NOTICES.md'), 'utf8');
  return notices.split(/^## /m).slice(1).map((section) => {
    const [, name, version] = /^(.+)@v(\S+)/.exec(section);
    const [, licence] = /^License: *(.+?) *$/m.exec(section);
    const quotes = section.slice(section.indexOf('License:')).split('\n').filter((line) => line.startsWith('>'));
    return { name, version, licence, ...splitLicence(quotes.map((line) => line.replace(/^> ?/, '')).join('\n')) };
  });
}

export async function notice(metafile, here) {
  const packages = await Promise.all(bundledFolders(metafile).map((folder) => packageComponent(here, folder)));
  const texts = new Map();
  function entry({ name, version, licence, copyright, terms }) {
    let reference = '';
    if (terms) {
      const key = fingerprint(terms);
      if (!texts.has(key)) {
        texts.set(key, { licence: licence.split(' ')[0], terms });
      }
      reference = ` [text ${[...texts.keys()].indexOf(key) + 1}]`;
    }
    return [`${name} ${version} — ${licence}${reference}`, ...[...new Set(copyright)].map((line) => `    ${line}`)].join('\n');
  }
  const byName = (a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1);
  const inBundle = [...packages, ...await insideMonaco(here)].sort(byName).map(entry);
  const inPrettier = (await insidePrettier(here)).map(entry);

  return [
    'attrigraph — notices for third-party software',
    `The playground (internal/web/playground/dist, part of the attrigraph program) contains the
software listed here. internal/web/playground/notice.mjs writes this file from
what the bundler put into the bundle; do not edit it by hand. "[text N]" refers
to the licence texts at the end, each of which is given once.`,
    '1. In the bundle',
    ...inBundle,
    `2. Named by Prettier as contained in its published files
(the bundle has two of these files: the formatter's core and its GraphQL language)`,
    ...inPrettier,
    '3. Licence texts',
    ...[...texts.values()].map(({ licence, terms }, i) => `[text ${i + 1}] ${licence}\n\n${terms}`),
  ].join('\n\n') + '\n';
}
