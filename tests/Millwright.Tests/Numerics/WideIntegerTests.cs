using System.Numerics;
using CsCheck;
using Millwright.Numerics;

namespace Millwright.Tests.Numerics;

/// <summary>Numbers of two words against the runtime's own of 128 bits and against whole numbers without a bound.</summary>
public sealed class WideIntegerTests
{
    private static readonly Gen<long> s_word = Gen.OneOf(
        Gen.Long,
        Gen.Long[-3, 3],
        Gen.Int[0, 8].Select(static i => new[] { long.MinValue, long.MaxValue, long.MinValue + 1, int.MinValue, int.MaxValue, 1L << 53, (1L << 53) + 1, 1L << 32, (1L << 32) - 1 }[i]),
        Gen.Select(Gen.Int[0, 62], Gen.Long[-2, 2], static (bit, more) => (1L << bit) + more));

    private static readonly Gen<Int128> s_whole = Gen.Select(s_word, s_word, static (high, low) => new Int128((ulong)high, (ulong)low));

    [Fact]
    public void Sums_differences_and_order_are_those_of_128_bits() => Gen.Select(s_whole, s_whole).Sample(static (a, b) =>
    {
        (WideInteger x, WideInteger y) = (Of(a), Of(b));
        Assert.Equal(Of(unchecked(a + b)), x + y);
        Assert.Equal(Of(unchecked(a - b)), x - y);
        Assert.Equal((a == b, a != b), (x == y, x != y));
        Assert.Equal(a < b, x < y);
        Assert.Equal(a > b, x > y);
        Assert.Equal(a <= b, x <= y);
        Assert.Equal(a >= b, x >= y);
        Assert.Equal(a.CompareTo(b), x.CompareTo(y));
        Assert.Equal(a == b, x.GetHashCode() == y.GetHashCode() && x.Equals((object)y));
    });

    [Fact]
    public void Products_are_whole() => Gen.Select(s_whole, s_word, s_word).Sample(static (a, b, c) =>
    {
        Assert.Equal(Of(unchecked(a * b)), Of(a) * b);
        Assert.Equal((BigInteger)b * c, BigInteger.Parse(WideInteger.Product(b, c).ToString(), System.Globalization.CultureInfo.InvariantCulture));
    });

    [Fact]
    public void Quotients_are_cut_off_as_those_of_128_bits() => Gen.Select(s_whole, Gen.OneOf(Gen.Int[1, int.MaxValue], Gen.Int[1, 10])).Sample(static (a, b) =>
        Assert.Equal(Of(a / b), Of(a).DividedBy(b)));

    [Fact]
    public void Numbers_of_double_precision_are_the_nearest() => s_whole.Sample(static a =>
        Assert.Equal(BitConverter.DoubleToInt64Bits((double)a), BitConverter.DoubleToInt64Bits((double)Of(a))), iter: 20_000);

    [Fact]
    public void Halves_are_rounded_to_even() => Gen.Select(Gen.ULong[1UL << 52, (1UL << 53) - 1], Gen.Int[12, 74], Gen.Int[-1, 1], Gen.Bool).Sample(
        static (mantissa, shift, beside, negative) =>
        {
            // a number just at, below or above the middle between two of double precision
            Int128 number = ((Int128)mantissa << shift) + ((Int128)1 << (shift - 1)) + beside;
            Int128 signed = negative ? -number : number;
            double expected = (double)(BigInteger)mantissa * Math.Pow(2, shift);
            double next = (double)(BigInteger)(mantissa + 1) * Math.Pow(2, shift);
            bool up = beside > 0 || (beside == 0 && (mantissa & 1) == 1);
            Assert.Equal(negative ? -(up ? next : expected) : up ? next : expected, (double)Of(signed));
        });

    [Fact]
    public void What_fits_goes_back_to_64_bits_and_the_rest_is_refused() => s_whole.Sample(static a =>
    {
        if (a >= long.MinValue && a <= long.MaxValue)
        {
            Assert.Equal((long)a, (long)Of(a));
            Assert.Equal(Of(a), (WideInteger)(long)a);
        }
        else
        {
            Assert.Throws<OverflowException>(() => (long)Of(a));
        }
    });

    [Fact]
    public void A_progression_is_the_sum_of_its_terms() => Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Long[-1_000_000_000, 1_000_000_000], Gen.Int[0, 200]).Sample(
        static (first, increment, terms) =>
        {
            BigInteger sum = 0;
            for (int i = 0; i < terms; i++)
            {
                sum += first + (BigInteger)i * increment;
            }

            Assert.Equal(sum.ToString(System.Globalization.CultureInfo.InvariantCulture), WideInteger.Progression(first, increment, terms).ToString());
        });

    [Fact]
    public void A_long_progression_does_not_wrap()
    {
        BigInteger terms = 1L << 32;
        BigInteger sum = terms * long.MaxValue + (terms * (terms - 1) / 2) * 1_000_000;
        Assert.Equal(sum.ToString(System.Globalization.CultureInfo.InvariantCulture), WideInteger.Progression(long.MaxValue, 1_000_000, 1L << 32).ToString());
    }

    private static WideInteger Of(Int128 number) => new((long)(number >> 64), (ulong)number);
}
