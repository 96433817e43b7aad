using System.Text;
using CreditGrains.Cli.Control;
using CreditGrains.Cli.Training;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Scoring;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Training;

namespace CreditGrains.Cli.Uci;

/// <summary>A scorecard and trees trained on the accounts that are not scored, put into the engine: the card acts, the trees run beside, a DMN table decides.</summary>
internal static class UciModels
{
    public const string CardName = "cards-scorecard", TreesName = "cards-trees", PolicyName = "cards-policy";

    /// <summary>Accounts whose number leaves this remainder by 5 are scored; the models never see them.</summary>
    public const int ScoredFold = 0;

    private const int Folds = 5;
    private const double Cutoff = 520;

    public static bool IsScored(UciAccount account) => account.Id % Folds == ScoredFold;

    /// <summary>Trains on the other four folds, as `creditgrains train` does.</summary>
    public static TrainingRun Train(IReadOnlyList<UciAccount> accounts)
    {
        var used = accounts.Where(account => !IsScored(account)).ToArray();
        var rows = used.Select(account => UciInputs.Of(account, UciAccount.BillCount - 1)).ToArray();
        var columns = UciInputs.Names.Select((_, i) => rows.Select(row => row[i]).ToArray()).ToArray();
        var table = new TrainingTable(UciInputs.Names, columns, [.. used.Select(account => account.IsBad == true)], [.. used.Select(account => (int)(account.Id % Folds) - 1)], Folds - 1, new Dictionary<string, int>());
        var plan = new TrainingPlan("cards", new LabelDefinition("Y = 1"), UciInputs.Names)
        {
            FoldCount = Folds - 1, Scorecard = new ScorecardSettings { Cutoff = Cutoff }, Boosting = new BoostingSettings { Trees = 200, Leaves = 12, Depth = 5, Rate = 0.04, LeafRows = 60, L2 = 30 },
        };
        return TrainingRun.Of(plan, table);
    }

    /// <summary>Registers and activates models and policy.</summary>
    public static async Task ActivateAsync(ICreditEngine engine, UciBook layout, TrainingRun run)
    {
        var registrar = new RiskRegistrar(engine, RequestIds.Draw);
        var texts = Encoding.UTF8.GetBytes(Texts);
        var card = Taken(CardName, await registrar.RegisterModelAsync(layout.Entity, CardName, 0, run.ScorecardFile()!, texts, ChallengerUpload.MetadataOf(run, run.Scorecard!)));
        var trees = Taken(TreesName, await registrar.RegisterModelAsync(layout.Entity, TreesName, 0, run.TreesFile()!, texts, ChallengerUpload.MetadataOf(run, ModelRegistry.Compile(run.TreesFile()!))));
        var policy = Taken(PolicyName, await registrar.RegisterPolicyAsync(layout.Entity, PolicyName, 0, Encoding.UTF8.GetBytes(Policy), "Request"));
        Taken(CardName, await registrar.ActivateAsync(new ActivateModel(layout.Scored, CardName, card, VersionRole.Acting, 0, 0, "trainer", "credit officer")));
        Taken(TreesName, await registrar.ActivateAsync(new ActivateModel(layout.Scored, TreesName, trees, VersionRole.Shadow, 0, 0, "trainer", "")));
        Taken(PolicyName, await registrar.ActivateAsync(new ActivatePolicy(layout.Scored, PolicyName, policy, VersionRole.Acting, 0, "analyst", "credit officer")));
    }

    private static int Taken(string name, in Registration registration) => registration.IsThere ? registration.Version : throw Refused(name, registration.Outcome);

    private static void Taken(string name, in Outcome outcome)
    {
        if (outcome.Kind != OutcomeKind.Posted) throw Refused(name, outcome);
    }

    private static CommandLine.CommandFault Refused(string name, in Outcome outcome) => CommandLine.CommandFault.Usage(outcome.Reason.ToString(), $"{name} was not taken: {outcome.Message}");

    private const string Policy = """
        <?xml version="1.0" encoding="UTF-8"?>
        <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="cards" name="Card requests" namespace="creditgrains.example">
          <decision id="request" name="Request">
            <decisionTable hitPolicy="FIRST">
              <input id="c1"><inputExpression typeRef="number"><text>status_0</text></inputExpression></input>
              <input id="c2"><inputExpression typeRef="number"><text>score</text></inputExpression></input>
              <input id="c3"><inputExpression typeRef="number"><text>utilisationAfter</text></inputExpression></input>
              <output id="o1" name="outcome" typeRef="string"/>
              <output id="o2" name="reason" typeRef="string"/>
              <output id="o3" name="english" typeRef="string"/>
              <output id="o4" name="chinese" typeRef="string"/>
              <rule id="late"><inputEntry><text>&gt;= 3</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"decline"</text></outputEntry><outputEntry><text>"P01"</text></outputEntry><outputEntry><text>"Three or more payments are overdue"</text></outputEntry><outputEntry><text>"逾期三期或以上"</text></outputEntry></rule>
              <rule id="score"><inputEntry><text>-</text></inputEntry><inputEntry><text>&lt; 520</text></inputEntry><inputEntry><text>&gt; 0.5</text></inputEntry><outputEntry><text>"decline"</text></outputEntry><outputEntry><text>"SCORE"</text></outputEntry><outputEntry/><outputEntry/></rule>
              <rule id="rest"><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry><outputEntry/><outputEntry/><outputEntry/></rule>
            </decisionTable>
          </decision>
        </definitions>
        """;

    private const string Texts = """
        {
          "inputs": {
            "limit": { "code": "R01", "english": "Size of the credit limit", "chinese": "授信额度" },
            "status_0": { "code": "R02", "english": "Latest payment overdue", "chinese": "最近一期还款逾期" },
            "status_1": { "code": "R03", "english": "Payments overdue in earlier months", "chinese": "以往月份还款逾期" },
            "status_2": { "code": "R03", "english": "Payments overdue in earlier months", "chinese": "以往月份还款逾期" },
            "late_max": { "code": "R04", "english": "Longest delay of the last months", "chinese": "近期最长逾期" },
            "used_0": { "code": "R05", "english": "Use of the credit line is high", "chinese": "额度使用率过高" },
            "used_1": { "code": "R05", "english": "Use of the credit line is high", "chinese": "额度使用率过高" },
            "used_2": { "code": "R05", "english": "Use of the credit line is high", "chinese": "额度使用率过高" },
            "paid_0": { "code": "R06", "english": "Low payments compared with the bill", "chinese": "还款占账单比例低" },
            "paid_1": { "code": "R06", "english": "Low payments compared with the bill", "chinese": "还款占账单比例低" },
            "paid_to_limit": { "code": "R07", "english": "Low payments compared with the limit", "chinese": "还款占额度比例低" }
          }
        }
        """;
}
