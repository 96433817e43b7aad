using System.Collections.Immutable;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Risk.Feel;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Policies;
using CreditGrains.Risk.Trees;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Cli.Fuzzing;

/// <summary>A reader of files, with the exceptions by which it refuses.</summary>
internal sealed class FileTarget(string name, IReadOnlyList<byte[]> corpus, int lengthMax, Action<byte[]> read, Func<Exception, bool> isRefusal) : IFuzzTarget
{
    public string Name => name;

    public IReadOnlyList<byte[]> Corpus => corpus;

    public int LengthMax => lengthMax;

    public bool Take(byte[] input)
    {
        try
        {
            read(input);
            return true;
        }
        catch (Exception e) when (isRefusal(e))
        {
            return false;
        }
    }

    public void Finish()
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>The readers of tapes, deals, decision models and ONNX models.</summary>
internal static class FileTargets
{
    private const string Tape = """
        balance,rate,remaining_months,days_past_due,obligor,origination_date
        12500000,0.0725,36,0,42,2024-03-01
        980055,0.19,12,31,43,2025-01-31
        "7,000",5.5%,240,0,44,2020-02-29

        """;

    private static readonly TapeMapping Fuzzed = TapeMapping.Identity with { Currency = CreditGrains.Domain.Money.Currency.Parse("EUR") };

    /// <summary>Loan tapes (CSV).</summary>
    public static IFuzzTarget Tapes()
    {
        var path = Path.Combine(Path.GetTempPath(), $"creditgrains-fuzz-{Environment.ProcessId}.csv");
        return new FileTarget("tape", [System.Text.Encoding.UTF8.GetBytes(Tape), "balance,rate,remaining_months\n1,0,1\n"u8.ToArray()], 16_384, input =>
        {
            File.WriteAllBytes(path, input);
            TapeFile.Read(path, Fuzzed, new DateOnly(2026, 1, 31));
        }, e => e is CommandFault or InvalidInputException);
    }

    /// <summary>Deals (JSON): read, and where that goes well, run.</summary>
    public static IFuzzTarget Deals(IReadOnlyList<byte[]> corpus) =>
        new FileTarget("deal", corpus, 65_536, input => DealFile.Parse(input), e => e is InvalidInputException);

    /// <summary>Decision models (DMN): read and compiled.</summary>
    public static IFuzzTarget Policies(IReadOnlyList<byte[]> corpus) =>
        new FileTarget("dmn", corpus, 65_536, input => Policy.Read(System.Text.Encoding.UTF8.GetString(input)), e => e is PolicyFault or FeelFault or ModelFault);

    /// <summary>ONNX models: read, and where that goes well, run on one row.</summary>
    public static IFuzzTarget Models()
    {
        string[] names = ["utilisation", "days_past_due"];
        var trees = new TreeEnsemble([[TreeNode.Split(1, 3, 1, 2), TreeNode.Leaf(-1), TreeNode.Leaf(2)]], 2, 1, ImmutableArray.Create(0.5));
        return new FileTarget(
            "onnx", [OnnxWriter.TreeClassifier(names, trees), OnnxWriter.TreeRegressor(names, trees), OnnxWriter.Logistic(names, [0.5, -2], 0.25), OnnxWriter.Linear(names, [0.5, -2], 0.25)], 65_536,
            input => OnnxModel.Load(input, new OnnxReading(ScoreColumn: 0)), e => e is ModelFault);
    }
}
