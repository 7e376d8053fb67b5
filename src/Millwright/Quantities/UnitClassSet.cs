namespace Millwright.Quantities;

/// <summary>A set of unit classes.</summary>
/// <param name="Bits">One bit for each class.</param>
internal readonly record struct UnitClassSet(int Bits)
{
    /// <summary>The empty set.</summary>
    public static UnitClassSet None => default;

    /// <summary>True when it holds no class.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>A set of one class.</summary>
    /// <param name="first">The class.</param>
    /// <returns>The set.</returns>
    public static UnitClassSet Of(UnitClass first) => new(1 << (int)first);

    /// <summary>A set of two classes.</summary>
    /// <param name="first">One class.</param>
    /// <param name="second">The other.</param>
    /// <returns>The set.</returns>
    public static UnitClassSet Of(UnitClass first, UnitClass second) => new((1 << (int)first) | (1 << (int)second));

    /// <summary>True when it holds a class.</summary>
    /// <param name="unitClass">The class.</param>
    /// <returns>True when it does.</returns>
    public bool Contains(UnitClass unitClass) => (Bits & (1 << (int)unitClass)) != 0;

    /// <summary>Adds a class.</summary>
    /// <param name="unitClass">The class.</param>
    /// <returns>The set with it.</returns>
    public UnitClassSet With(UnitClass unitClass) => new(Bits | (1 << (int)unitClass));

    /// <summary>The classes in order.</summary>
    /// <returns>The classes.</returns>
    public IReadOnlyList<UnitClass> ToList()
    {
        List<UnitClass> classes = [];
        foreach (UnitClass unitClass in Enum.GetValues<UnitClass>())
        {
            if (Contains(unitClass))
            {
                classes.Add(unitClass);
            }
        }

        return classes;
    }
}
