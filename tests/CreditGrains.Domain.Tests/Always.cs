using FsCheck;
using FsCheck.Fluent;

namespace CreditGrains.Domain.Tests;

/// <summary>Runs a property over many cases; a failure names the case and the seed that repeats it.</summary>
internal static class Always
{
    private const int CasesMax = 2_000;

    public static void Holds<T>(Gen<T> cases, Action<T> check) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(CasesMax), Prop.ForAll(cases.ToArbitrary(), check));

    /// <summary>A whole number, bounds included, evenly.</summary>
    public static Gen<long> Between(long least, long most) =>
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        from lowest in Gen.Choose(0, 3)
        select least + (long)((((UInt128)high << 33) | ((UInt128)low << 2) | (UInt128)lowest) % ((UInt128)(most - least) + 1));

    /// <summary>Amounts of every size up to a bound: small ones, which collide, as often as large ones.</summary>
    public static Gen<long> Amount(long max) => Gen.OneOf(Between(0, Math.Min(max, 5)), Between(0, Math.Min(max, 1_000)), Between(0, max));
}
