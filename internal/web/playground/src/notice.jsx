import { useGraphiQL } from '@graphiql/react';
import { createPortal } from 'react-dom';

/** The server's own message out of GraphiQL's formatted error, which is JSON text or plain text. */
function serverMessage(fetchError) {
  try {
    const { errors, message } = JSON.parse(fetchError);
    return errors?.[0]?.message ?? message ?? '';
  } catch {
    return fetchError;
  }
}

/** Says why there is no completion and no documentation when the schema could not be read. */
export function SchemaNotice() {
  const { fetchError, isIntrospecting } = useGraphiQL(({ fetchError, isIntrospecting }) => ({ fetchError, isIntrospecting }));
  if (!fetchError || isIntrospecting) {
    return null;
  }
  const reason = serverMessage(fetchError);
  return createPortal(
    <div role="alert" className="attrigraph-notice">
      <strong>No completion and no documentation: the schema could not be read.</strong>
      {reason && <> {reason.replace(/[.!?]?$/, '.')}</>} Operations can still be run. If introspection is off for you, ask the
      administrator, or put a token into the Headers tab and re-fetch the schema (Shift-Ctrl-R).
    </div>,
    document.getElementById('notice'),
  );
}
