import './workers.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/plugin-explorer/style.css';
import 'graphiql/graphiql.css';
import './playground.css';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examplesPlugin } from './examples.jsx';
import { fetcher } from './fetcher.js';
import { SchemaNotice } from './notice.jsx';
import { examples, title } from './page.js';
import { operationFromAddress } from './permalink.js';
import { firstVisit, pageStorage } from './storage.js';
import { CopyLinkButton } from './toolbar.jsx';

const plugins = [examplesPlugin, explorerPlugin(), HISTORY_PLUGIN];

// An initial query is put in front of the tabs of the last visit, so there is
// one only when the address asks for it or there are no such tabs.
const initial = operationFromAddress() ?? (firstVisit ? examples[0] : null);

function Playground() {
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      visiblePlugin={firstVisit ? examplesPlugin : undefined}
      storage={pageStorage}
      initialQuery={initial?.query}
      initialVariables={initial?.variables}
      defaultQuery=""
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      schemaDescription
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <span className="attrigraph-logo">{title}</span>
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <CopyLinkButton />
          </>
        )}
      </GraphiQL.Toolbar>
      <SchemaNotice />
    </GraphiQL>
  );
}

createRoot(document.getElementById('playground')).render(<Playground />);
