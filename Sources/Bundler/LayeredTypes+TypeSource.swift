public import BTFDelta
public import Minimizer

extension LayeredTypes: TypeSource {}
