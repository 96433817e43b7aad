using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Files;

/// <summary>Conventions by the name of a preset, or from a file that names what differs from one.</summary>
public static class ConventionsFile
{
    /// <summary>Names of the presets.</summary>
    public static IReadOnlyList<string> Presets { get; } = ["standard", "bma", "absbox", "china"];

    /// <summary>A preset; null when the name is none.</summary>
    public static ProjectionConventions? Preset(string name) => name switch
    {
        "standard" => new ProjectionConventions(),
        "bma" => ProjectionConventions.Bma,
        "absbox" => ProjectionConventions.AbsBox,
        "china" => ProjectionConventions.China,
        _ => null,
    };

    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public static ProjectionConventions Parse(ReadOnlyMemory<byte> json)
    {
        var file = JsonPart.Parse(json);
        var name = file.Text("preset", "standard");
        var preset = Preset(name) ?? throw new InvalidInputException("FieldWrong", "preset", $"'{name}' is not known; write one of {string.Join(", ", Presets)}");
        var conventions = preset with
        {
            DefaultTiming = file.Choice("defaultTiming", preset.DefaultTiming),
            PrepaymentBase = file.Choice("prepaymentBase", preset.PrepaymentBase),
            InterestBase = file.Choice("interestBase", preset.InterestBase),
            RateClock = file.Choice("rateClock", preset.RateClock),
            InterestClock = file.Choice("interestClock", preset.InterestClock),
            Rounding = file.Choice("rounding", preset.Rounding),
            PeriodRateDigits = file.Optional("periodRateDigits")?.Whole() ?? preset.PeriodRateDigits,
            PrepaymentEffect = file.Choice("prepaymentEffect", preset.PrepaymentEffect),
            NoDefaultNearMaturity = file.Flag("noDefaultNearMaturity", preset.NoDefaultNearMaturity),
        };
        file.Done();
        conventions.Check();
        return conventions;
    }
}
