/** A reference to a shape. */
export interface ShapeReference {
  readonly shape: string;
  readonly location?: 'uri' | 'header' | 'headers' | 'querystring';
  readonly locationName?: string;
}

/** A shape of a service model. */
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
  /** Member that is the request body. */
  readonly payload?: string;
}

/** Input shapes of the operations of a service. */
export interface ServiceModel {
  /** Source and license of the model. */
  readonly source: string;
  /** Input shape of each operation. */
  readonly operations: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}
