/** A use of a shape. */
export interface ShapeReference {
  readonly shape: string;
  readonly location?: 'uri' | 'header' | 'headers' | 'querystring';
  readonly locationName?: string;
}

/** The form of a value, as AWS's own models have it. */
export interface Shape {
  readonly type: 'structure' | 'list' | 'map' | 'string' | 'character' | 'integer' | 'long' | 'float' | 'double' | 'boolean' | 'blob' | 'timestamp';
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, ShapeReference>>;
  readonly member?: ShapeReference;
  readonly key?: ShapeReference;
  readonly value?: ShapeReference;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** The member that is the body. */
  readonly payload?: string;
}

/** The inputs of some operations of a service. */
export interface ServiceModel {
  /** Where the model comes from, and its licence. */
  readonly source: string;
  /** The shape of each operation's input. */
  readonly operations: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}
