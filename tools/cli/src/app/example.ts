/** What `app init` writes. */
export const exampleFile = `# An app of Tokengrid. Check it with "tokengrid app validate <file>", and publish it with
# "tokengrid app publish <file>". A changed file is a new version; a published one never changes.

# Name of the app in addresses and reports: 3 to 63 of a-z, 0-9 and "-", unique in the network.
slug: tea-shop
# Name, for people.
name: Tea shop
description: Recommends teas.
# Kind of the app, by which the catalogue is searched: assistants, audio, business, coding, data,
# education, finance, games, health, images, productivity, shopping, translation, travel, video,
# writing or other.
category: shopping
# Requests to the app are forwarded here: https, at a public address.
endpoint: https://tea-shop.example/api

# Meters of the app's own. input_tokens, cached_input_tokens, output_tokens, requests, gpu_seconds
# and images need no declaration.
meters:
  - name: recommendations
    unit: recommendation
    aggregation: sum # or count, max, unique, latest
    reportedBy: developer # or operator; for well-known meters gateway, too

# Prices are µAIT per unit, in quotes, with up to 6 decimals. Amounts are whole µAIT, in quotes.
plans:
  - id: basic
    name: Basic
    prices:
      - meter: recommendations
        model: per-unit # or package, graduated, volume
        unitPrice: "1500"
  - id: pro
    name: Pro
    monthlyFee: "5000000"
    seatFee: "250000" # for each seat and month; without it a plan has no seats
    trialDays: 14
    prices:
      - meter: recommendations
        model: graduated # a tier's price is of its own units; by volume it is of all units
        includedUnits: "100" # free in each period
        tiers:
          - upTo: "1000"
            unitPrice: "1200"
          - upTo: null # the last tier has no end
            unitPrice: "900.5"

# Scopes that the app asks of its subscribers; with any, dataUse says what the data is used for.
scopes: []
dataUse: []

# Models that the app uses. Prices of their meters have to cover them, unless subsidised is true:
# then the developer's wallet pays the difference.
models: []
subsidised: false

# The operator's share of the app's prices, in basis points: 500 are 5 %.
revenueShare:
  operatorBps: 500
`;
