using System.Globalization;
using System.Text.Json.Serialization;

namespace CreditGrains.Cli.Bench.Measure;

/// <summary>How a figure compares with what was asked.</summary>
internal enum Demand
{
    /// <summary>Nothing was asked of it; it is shown beside the others.</summary>
    None = 0,
    AtLeast = 1,
    AtMost = 2,
    Below = 3,
}

/// <summary>One measured figure beside what was asked of it.</summary>
/// <param name="Name">What was measured; the same text in every run, so that runs compare.</param>
/// <param name="Unit">Of both numbers.</param>
/// <param name="Measured">NaN when it could not be measured; the note then says why. With a demand that is a miss.</param>
/// <param name="Demand">How it compares.</param>
/// <param name="Asked">The bound; 0 without demand.</param>
/// <param name="Note">What a reader must know; errors above all.</param>
internal sealed record Figure(string Name, string Unit, double Measured, Demand Demand = Demand.None, double Asked = 0, string Note = "")
{
    /// <summary>Whether the demand is met; null when there is none or nothing was measured.</summary>
    public bool? IsMet => double.IsNaN(Measured) ? null : Demand switch
    {
        Demand.AtLeast => Measured >= Asked,
        Demand.AtMost => Measured <= Asked,
        Demand.Below => Measured < Asked,
        _ => null,
    };

    /// <summary>Whether something was asked and is not met; what was not measured is not met.</summary>
    [JsonIgnore]
    public bool IsMissed => Demand != Demand.None && IsMet != true;

    public string AskedText => Demand switch
    {
        Demand.AtLeast => "≥ " + Number(Asked),
        Demand.AtMost => "≤ " + Number(Asked),
        Demand.Below => "< " + Number(Asked),
        _ => "",
    };

    public string MeasuredText => double.IsNaN(Measured) ? "not measured" : Number(Measured);

    /// <summary>A figure that could not be measured.</summary>
    public static Figure Missing(string name, string unit, Demand demand, double asked, string why) => new(name, unit, double.NaN, demand, asked, why);

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "N0" : Math.Abs(value) >= 10 ? "N1" : "N2", CultureInfo.InvariantCulture);
}
