import { ToolbarButton, useGraphiQL } from '@graphiql/react';
import { useState } from 'react';
import { permalink } from './permalink.js';

function LinkIcon(props) {
  return (
    <svg viewBox="0 0 24 24" height="1em" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" {...props}>
      <path d="M10 14a4.5 4.5 0 0 0 6.4 0l3.2-3.2a4.5 4.5 0 0 0-6.4-6.4L12 5.6" />
      <path d="M14 10a4.5 4.5 0 0 0-6.4 0l-3.2 3.2a4.5 4.5 0 0 0 6.4 6.4L12 18.4" />
    </svg>
  );
}

/** A toolbar button that copies a link to the operation and its variables. */
export function CopyLinkButton() {
  const { queryEditor, variableEditor } = useGraphiQL(({ queryEditor, variableEditor }) => ({ queryEditor, variableEditor }));
  const [copied, setCopied] = useState(false);

  async function copyLink() {
    const link = permalink({ query: queryEditor?.getValue() ?? '', variables: variableEditor?.getValue() ?? '' });
    history.replaceState(null, '', link);
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
      setTimeout(setCopied, 2000, false);
    } catch {
      // Without clipboard access the link can still be taken from the address bar.
    }
  }

  return (
    <ToolbarButton onClick={copyLink} label={copied ? 'Link copied' : 'Copy link to this operation'}>
      <LinkIcon className="graphiql-toolbar-icon" aria-hidden="true" />
    </ToolbarButton>
  );
}
