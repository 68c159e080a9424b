import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { invalidArguments } from './invalid-arguments';
import { connect } from '../../src/client';
import { useRedshiftQuery } from '../../src/react';

/** The props of the component. */
export interface TripsProps {
  readonly month?: string;
  readonly vendors?: readonly string[];
  readonly skip?: boolean;
  readonly keepPreviousRows?: boolean;
  readonly service?: number;
}

/** The state in one render. */
export interface RenderedState {
  readonly month?: string;
  readonly status: string;
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: string;
  readonly progress?: string;
}

/** The globals of the page that tests use. */
export interface PageGlobals {
  rendered: RenderedState[];
  uncaughtErrors: string[];
  render(props: TripsProps | undefined): void;
  /** Renders a component with invalid arguments. */
  renderInvalid(kind: string): void;
  refetch(): void;
}

// The project compiles without the types of the DOM.
const page = globalThis as unknown as PageGlobals & {
  readonly document: { getElementById(id: string): Parameters<typeof createRoot>[0] };
  readonly location: { readonly search: string };
  addEventListener(type: string, listener: (event: { reason?: unknown; message?: string }) => void): void;
};

const url = new URLSearchParams(page.location.search).get('url')!;
const clients = [connect(url), connect(url)];
const root = createRoot(page.document.getElementById('root'));

function Trips({ month, vendors, skip, keepPreviousRows, service = 0 }: TripsProps): ReturnType<typeof createElement> {
  const parameters = month === undefined ? undefined : { month, vendors };
  const { status, rows, error, progress, refetch } = useRedshiftQuery(clients[service], 'by_day', parameters, { rows: 'array', skip, keepPreviousRows });
  page.refetch = refetch;
  page.rendered.push({ month, status, rows, error: error instanceof Error ? error.message : undefined, progress: progress?.state });
  return createElement('output', null, JSON.stringify({ status, rows }));
}

function Invalid({ kind }: { readonly kind: string }): ReturnType<typeof createElement> {
  const [invalid] = invalidArguments(clients[0])[kind];
  const { status, error } = useRedshiftQuery(...invalid as Parameters<typeof useRedshiftQuery>);
  page.rendered.push({ status, error: error instanceof Error ? error.message : undefined });
  return createElement('output', null, JSON.stringify({ status }));
}

page.rendered = [];
page.uncaughtErrors = [];
page.render = (props) => root.render(createElement(StrictMode, null, props === undefined ? null : createElement(Trips, props)));
page.renderInvalid = (kind) => root.render(createElement(StrictMode, null, createElement(Invalid, { kind })));
page.addEventListener('unhandledrejection', ({ reason }) => page.uncaughtErrors.push(String(reason)));
page.addEventListener('error', ({ message }) => page.uncaughtErrors.push(String(message)));
