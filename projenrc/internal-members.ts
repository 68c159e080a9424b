import * as ts from 'typescript';

const COMMENTS = /\/\*.*?\*\//gs;

/**
 * Returns the names of class members that are used only inside a directory, so that a bundler can shorten them. Excludes every name that a published
 * type, a message of the protocol or a string contains.
 */
export function internalMembers(program: ts.Program, directory: string, published: string): string[] {
  const checker = program.getTypeChecker();
  const members = new Set<string>();
  const excluded = new Set(published.replace(COMMENTS, '').match(/\w+/g));

  function visit(node: ts.Node): void {
    if (ts.isStringLiteral(node)) {
      excluded.add(node.text);
    } else if (ts.isIdentifier(node) && isMemberName(node)) {
      if (!isDeclaredIn(directory, declarationsOf(node, checker))) {
        excluded.add(node.text);
      } else if (ts.isClassElement(node.parent) || ts.isParameter(node.parent)) {
        members.add(node.text);
      }
    }
    ts.forEachChild(node, visit);
  }

  program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(directory)).forEach(visit);
  return [...members].filter((name) => !excluded.has(name));
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isBindingElement(parent)) {
    return ts.isObjectBindingPattern(parent.parent) && (parent.propertyName ?? parent.name) === node;
  }
  if (ts.isParameter(parent)) {
    return ts.isParameterPropertyDeclaration(parent, parent.parent) && parent.name === node;
  }
  return ts.isPropertyAccessExpression(parent) || ts.isClassElement(parent) || ts.isTypeElement(parent) || ts.isObjectLiteralElement(parent)
    ? parent.name === node
    : false;
}

function declarationsOf(node: ts.Identifier, checker: ts.TypeChecker): readonly ts.Declaration[] {
  const { parent } = node;
  if (ts.isBindingElement(parent)) {
    return checker.getTypeAtLocation(parent.parent).getProperty(node.text)?.declarations ?? [];
  }
  if (ts.isParameter(parent)) {
    return [parent];
  }
  return checker.getSymbolAtLocation(node)?.declarations ?? [];
}

function isDeclaredIn(directory: string, declarations: readonly ts.Declaration[]): boolean {
  return declarations.length > 0 && declarations.every((declaration) => declaration.getSourceFile().fileName.startsWith(directory));
}
