using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Fuzzing;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Security;

/// <summary>A small count of what 'creditgrains fuzz' runs a million of, and that it finds what it looks for.</summary>
public sealed class FuzzTest
{
    [Theory]
    [InlineData("grpc", 1_500)]
    [InlineData("json", 1_000)]
    [InlineData("tape", 1_000)]
    [InlineData("deal", 1_000)]
    [InlineData("dmn", 1_000)]
    [InlineData("onnx", 3_000)]
    [InlineData("journal", 1_000)]
    public void Target_GivenHostileInputs_TakesOrRefusesEach(string name, long inputs)
    {
        using var target = FuzzCommand.Make(name, Path.Combine(Root(), "docs", "examples"));
        var result = new FuzzRun(target, seed: 7, inputs, threads: name == "tape" ? 1 : 4, TimeSpan.FromSeconds(60)).Run();
        Assert.Empty(result.Findings);
        Assert.Equal(inputs, result.Taken + result.Refused);
        Assert.True(result.Refused > 0, "nothing hostile was made");
    }

    [Fact]
    public void Corpus_OfEveryFileTarget_IsTaken()
    {
        foreach (var name in (string[])["tape", "deal", "dmn", "onnx", "journal"])
        {
            using var target = FuzzCommand.Make(name, Path.Combine(Root(), "docs", "examples"));
            Assert.Contains(target.Corpus, input => target.Take([.. input]));
        }
    }

    [Fact]
    public void Run_OfATargetThatCrashesLeaksOrHangs_FindsIt()
    {
        Assert.Contains(new FuzzRun(new Bad(input => input[input.Length] = 0), 1, 100, 2, TimeSpan.FromSeconds(60)).Run().Findings, f => f.Kind == "crash");
        Assert.Contains(new FuzzRun(new Bad(_ => throw new LeakException("x")), 1, 100, 2, TimeSpan.FromSeconds(60)).Run().Findings, f => f.Kind == "leak");
        using var never = new ManualResetEventSlim();
        Assert.Contains(new FuzzRun(new Bad(_ => never.Wait()), 1, 100, 2, TimeSpan.FromMilliseconds(300)).Run().Findings, f => f.Kind == "hang");
        never.Set();
    }

    [Fact]
    public void Mutator_OfOneSeed_MakesTheSameInputs()
    {
        var mutator = new Mutator(["hello, world"u8.ToArray(), "{\"a\":1}"u8.ToArray()], 64);
        Assert.Equal(mutator.Make(3, 9), mutator.Make(3, 9));
        Assert.True(Enumerable.Range(0, 100).Select(n => Convert.ToHexString(mutator.Make(3, n))).Distinct().Count() > 80);
        Assert.All(Enumerable.Range(0, 1_000), n => Assert.True(mutator.Make(3, n).Length <= 64));
    }

    [Fact]
    public async Task Command_WithAWrongTarget_IsRefused() => Assert.Equal(ExitCode.Usage, (await CliRun.OfAsync("fuzz", "--target", "nothing")).Code);

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CreditGrains.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }

    private sealed class Bad(Action<byte[]> act) : IFuzzTarget
    {
        public string Name => "bad";

        public IReadOnlyList<byte[]> Corpus => ["good"u8.ToArray()];

        public int LengthMax => 64;

        public bool Take(byte[] input)
        {
            act(input);
            return true;
        }

        public void Finish()
        {
        }

        public void Dispose()
        {
        }
    }
}
