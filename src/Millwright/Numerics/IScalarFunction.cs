namespace Millwright.Numerics;

/// <summary>A real function of one real number. Implemented by structs so that a root search calls it without indirection.</summary>
public interface IScalarFunction
{
    /// <summary>The value of the function.</summary>
    /// <param name="x">Where.</param>
    /// <returns>The value at <paramref name="x"/>.</returns>
    double At(double x);
}
