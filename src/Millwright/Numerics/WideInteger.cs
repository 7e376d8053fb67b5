using System.Globalization;
using System.Numerics;

namespace Millwright.Numerics;

/// <summary>
/// A signed whole number of 128 bits in two words, for sums of times that 64 bits do not hold. Int128 does the same, but code that uses it is compiled
/// anew at each start of the program, which takes longer than many a simulation. Sums and products wrap beyond 128 bits, as those of Int128 do.
/// </summary>
/// <param name="high">Upper 64 bits, with the sign.</param>
/// <param name="low">Lower 64 bits.</param>
public readonly struct WideInteger(long high, ulong low) : IEquatable<WideInteger>, IComparable<WideInteger>
{
    private const int WordBits = 64;
    private const int HalfBits = 32;
    private const int ExponentBias = 1023;
    private const int MantissaBits = 52;

    private readonly ulong _low = low;
    private readonly long _high = high;

    /// <summary>Nothing.</summary>
    public static WideInteger Zero => default;

    /// <summary>The number itself.</summary>
    /// <param name="value">A number of 64 bits.</param>
    public static implicit operator WideInteger(long value) => new(value >> (WordBits - 1), (ulong)value);

    /// <summary>The same number in 64 bits.</summary>
    /// <param name="value">The number.</param>
    /// <exception cref="OverflowException">64 bits do not hold it.</exception>
    public static explicit operator long(WideInteger value) => value._high == (long)value._low >> (WordBits - 1)
        ? (long)value._low
        : throw new OverflowException($"{value} does not fit in 64 bits");

    /// <summary>The nearest number of double precision; of two as near the even one.</summary>
    /// <param name="value">The number.</param>
    public static explicit operator double(WideInteger value)
    {
        if (value._high == (long)value._low >> (WordBits - 1))
        {
            return (long)value._low;
        }

        // the upper 64 bits of the magnitude that count, the last of which says whether anything is below: rounding then sees all
        WideInteger magnitude = value._high < 0 ? Zero - value : value;
        (ulong upper, ulong lower) = ((ulong)magnitude._high, magnitude._low);
        int shift = WordBits - BitOperations.LeadingZeroCount(upper);
        ulong kept = shift == WordBits ? upper : upper << (WordBits - shift) | lower >> shift;
        ulong lost = shift == WordBits ? lower : lower << (WordBits - shift);
        double size = (kept | (lost != 0 ? 1UL : 0)) * BitConverter.UInt64BitsToDouble((ulong)(ExponentBias + shift) << MantissaBits);
        return value._high < 0 ? -size : size;
    }

    /// <summary>Sum.</summary>
    public static WideInteger operator +(WideInteger left, WideInteger right)
    {
        ulong low = left._low + right._low;
        return new WideInteger(left._high + right._high + (low < left._low ? 1 : 0), low);
    }

    /// <summary>Difference.</summary>
    public static WideInteger operator -(WideInteger left, WideInteger right) =>
        new(left._high - right._high - (left._low < right._low ? 1 : 0), left._low - right._low);

    /// <summary>Product with a number of 64 bits.</summary>
    public static WideInteger operator *(WideInteger left, long right)
    {
        ulong high = Math.BigMul(left._low, (ulong)right, out ulong low);
        return new WideInteger((long)(high + (ulong)left._high * (ulong)right + left._low * (ulong)(right >> (WordBits - 1))), low);
    }

    /// <summary>Equality.</summary>
    public static bool operator ==(WideInteger left, WideInteger right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(WideInteger left, WideInteger right) => !left.Equals(right);

    /// <summary>True when the left is the lesser.</summary>
    public static bool operator <(WideInteger left, WideInteger right) => left._high < right._high || (left._high == right._high && left._low < right._low);

    /// <summary>True when the left is the greater.</summary>
    public static bool operator >(WideInteger left, WideInteger right) => right < left;

    /// <summary>True when the left is not the greater.</summary>
    public static bool operator <=(WideInteger left, WideInteger right) => !(right < left);

    /// <summary>True when the left is not the lesser.</summary>
    public static bool operator >=(WideInteger left, WideInteger right) => !(left < right);

    /// <summary>The whole product of two numbers of 64 bits.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The product.</returns>
    public static WideInteger Product(long left, long right)
    {
        long high = Math.BigMul(left, right, out long low);
        return new WideInteger(high, (ulong)low);
    }

    /// <summary>The sum of an arithmetic progression.</summary>
    /// <param name="first">First term.</param>
    /// <param name="increment">From one term to the next.</param>
    /// <param name="terms">Number of terms, 0 to 2^32.</param>
    /// <returns>The sum.</returns>
    public static WideInteger Progression(long first, long increment, long terms) => Product(first, terms) + Product(increment, Pairs(terms));

    /// <summary>n (n - 1) / 2: pairs of so many, and the sum of the whole numbers below.</summary>
    /// <param name="count">n, 0 to 2^32.</param>
    /// <returns>The number of pairs.</returns>
    public static long Pairs(long count) => (count & 1) == 0 ? count / 2 * (count - 1) : (count - 1) / 2 * count;

    /// <summary>Quotient, its fraction cut off.</summary>
    /// <param name="divisor">Divisor, above 0.</param>
    /// <returns>The quotient.</returns>
    public WideInteger DividedBy(int divisor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(divisor, 1);
        if (_high < 0)
        {
            return Zero - (Zero - this).DividedByUnsigned((ulong)divisor);
        }

        return DividedByUnsigned((ulong)divisor);
    }

    // of the magnitude, whose lowest value is its own negative and read without sign here; half a word at a time
    private WideInteger DividedByUnsigned(ulong divisor)
    {
        ulong whole = (ulong)_high;
        ulong upper = (whole % divisor) << HalfBits | _low >> HalfBits;
        ulong lower = (upper % divisor) << HalfBits | (uint)_low;
        return new WideInteger((long)(whole / divisor), upper / divisor << HalfBits | lower / divisor);
    }

    /// <inheritdoc/>
    public bool Equals(WideInteger other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WideInteger other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <inheritdoc/>
    public int CompareTo(WideInteger other) => this < other ? -1 : other < this ? 1 : 0;

    /// <summary>The number in decimal digits.</summary>
    public override string ToString() => new Int128((ulong)_high, _low).ToString(CultureInfo.InvariantCulture);
}
