/** Manifest of an app that a spec publishes: two plans, one with a fee, one with tiers. */
export const chatManifest = {
  endpoint: 'https://chat.example',
  description: 'Answers 100% of questions',
  meters: [{ name: 'questions', unit: 'question', aggregation: 'sum' }],
  plans: [
    {
      id: 'basic',
      name: 'Basic',
      monthlyFee: '5000000',
      prices: [{ meter: 'questions', model: 'per-unit', unitPrice: '1500.5' }],
    },
    {
      id: 'tiered',
      name: 'Tiered',
      prices: [
        {
          meter: 'output_tokens',
          model: 'graduated',
          tiers: [
            { upTo: '1000', unitPrice: '2' },
            { upTo: null, unitPrice: '1' },
          ],
        },
      ],
    },
  ],
  scopes: ['network:location'],
  dataUse: ['questions, for answering them'],
  revenueShare: { operatorBps: 1000 },
};
