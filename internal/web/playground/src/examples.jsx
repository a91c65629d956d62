import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { examples } from './page.js';

function ExamplesIcon(props) {
  return (
    <svg viewBox="0 0 24 24" height="1em" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" {...props}>
      <path d="M4 4.5h11M4 9.5h7M4 14.5h5" />
      <path d="m13.5 11.5 7 4.5-7 4.5z" />
    </svg>
  );
}

/** Returns a function that shows an example in a tab of its own. */
export function useOpenExample() {
  const { addTab, changeTab, updateActiveTabValues } = useGraphiQLActions();
  const editors = useGraphiQL(({ queryEditor, variableEditor, headerEditor, tabs, activeTabIndex }) => ({
    queryEditor, variableEditor, headerEditor, tabs, activeTabIndex,
  }));

  return ({ query, variables }) => {
    const { queryEditor, variableEditor, headerEditor, tabs, activeTabIndex } = editors;
    if (!queryEditor || !variableEditor) {
      return; // Monaco is still loading
    }
    // An unchanged copy that is already open is shown again: a second one
    // would only make the tab bar longer.
    const open = tabs.findIndex((tab) => tab.query === query && (tab.variables ?? '') === variables);
    if (open >= 0) {
      if (open !== activeTabIndex) {
        changeTab(open);
      }
      return;
    }
    // A new tab starts without headers, but the examples need the same
    // credentials as the tab they were opened from.
    const headers = headerEditor?.getValue() ?? '';
    addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
    headerEditor?.setValue(headers);
    updateActiveTabValues({ query, variables, headers });
  };
}

function Examples() {
  const openExample = useOpenExample();
  return (
    <section aria-label="Examples" className="attrigraph-examples">
      <h2 className="attrigraph-examples-title">Examples</h2>
      {examples.length === 0 && <p className="attrigraph-examples-lead">This server offers no examples.</p>}
      {examples.length > 0 && (
        <p className="attrigraph-examples-lead">Each opens in a tab. Press the run button or Ctrl-Enter to get its answer.</p>
      )}
      <ul>
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => openExample(example)} data-example={example.name}>
              <span className="attrigraph-example-title">{example.title}</span>
              {example.description && <span className="attrigraph-example-description">{example.description}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const examplesPlugin = { title: 'Examples', icon: ExamplesIcon, content: Examples };
