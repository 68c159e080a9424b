import * as ts from 'typescript';

/** Returns the names that only private members of classes have, which a bundler can shorten. Excludes every name of the protocol and of the public API. */
export function privateMembers(program: ts.Program, directory: string): string[] {
  const checker = program.getTypeChecker();
  const names = { private: new Set<string>(), other: new Set<string>() };

  function visit(node: ts.Node): void {
    if (ts.isIdentifier(node) && isMemberName(node)) {
      names[isPrivate(declarationsOf(node, checker)) ? 'private' : 'other'].add(node.text);
    } else if (ts.isStringLiteral(node)) {
      names.other.add(node.text);
    }
    ts.forEachChild(node, visit);
  }

  program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(directory)).forEach(visit);
  return [...names.private].filter((name) => !names.other.has(name));
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

function isPrivate(declarations: readonly ts.Declaration[]): boolean {
  return declarations.length > 0 && declarations.every((declaration) => {
    return ts.canHaveModifiers(declaration) && ts.getModifiers(declaration)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
  });
}
